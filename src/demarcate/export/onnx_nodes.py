"""Nodes and constants of an ONNX graph, as they are added one after the other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, ML_OPSET, IR_VERSION = 20, 4, 9
"""Operators of ONNX 1.15, and those for machine learning: onnxruntime has them from 1.17 on, in browsers, too.
Splitting and matching of text need this opset, look-up of 64-bit numbers the other."""
ML_DOMAIN = "ai.onnx.ml"


class OnnxNodes:
    """The nodes of one graph; each method adds some and returns the name of a value.

    Names of values are numbers with a hint, and none is one of ``taken``, the names of inputs and outputs.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._taken = set(taken)
        self._known: dict[tuple[Any, ...], str] = {}

    def op(self, kind: str, *inputs: str, name: str = "", output: str = "", **attributes: Any) -> str:
        """Add an operator of one output, whose name may be given."""
        return self.ops(kind, *inputs, outputs=(output or self._fresh(kind),), name=name, **attributes)[0]

    def ops(
        self, kind: str, *inputs: str, outputs: Sequence[str] = (), name: str = "", domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add an operator with these outputs; an empty name of one gets a name."""
        from onnx import helper

        named = [output or self._fresh(kind) for output in outputs]
        # onnxruntime up to 1.20 gives nodes that it puts in place of others their names: each needs one.
        self.nodes.append(helper.make_node(kind, inputs, named, name=name or named[0], domain=domain, **attributes))
        return named

    def numbers(self, values: Any, dtype: Any) -> str:
        """Add a constant of numbers; equal ones are added once."""
        from onnx import numpy_helper

        array = np.ascontiguousarray(values, dtype=dtype).reshape(np.shape(values))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self._fresh("constant")
            self.constants.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def doubles(self, values: Any) -> str:
        """Add a constant of float64."""
        return self.numbers(values, np.float64)

    def floats(self, values: Any) -> str:
        """Add a constant of float32."""
        return self.numbers(values, np.float32)

    def integers(self, values: Any) -> str:
        """Add a constant of int64."""
        return self.numbers(values, np.int64)

    def texts(self, values: Sequence[str] | str) -> str:
        """Add a constant of text: one, or a vector."""
        from onnx import TensorProto, helper

        key = ("text", tuple(values) if not isinstance(values, str) else values)
        if key not in self._known:
            self._known[key] = self._fresh("text")
            shape, every = ([], [values]) if isinstance(values, str) else ([len(values)], list(values))
            encoded = np.array([text.encode() for text in every], dtype=object)
            self.constants.append(helper.make_tensor(self._known[key], TensorProto.STRING, shape, encoded))
        return self._known[key]

    def cast(self, value: str, dtype: Any, *, name: str = "") -> str:
        """Add a conversion to another type of numbers."""
        from onnx import helper

        return self.op("Cast", value, name=name, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def concat(self, values: Sequence[str], axis: int) -> str:
        """Add a concatenation, or nothing for a single value."""
        return values[0] if len(values) == 1 else self.op("Concat", *values, axis=axis)

    def pick(self, value: str, indices: Any, axis: int) -> str:
        """Add a selection by constant indices; a single number drops the axis."""
        return self.op("Gather", value, self.integers(indices), axis=axis)

    def codes_of_texts(self, value: str, codes: Mapping[str, int], default: int) -> str:
        """Add a look-up of texts as whole numbers."""
        (output,) = self.ops(
            "LabelEncoder",
            value,
            outputs=("",),
            domain=ML_DOMAIN,
            keys_strings=list(codes),
            values_int64s=list(codes.values()),
            default_int64=default,
        )
        return output

    def codes_of_numbers(self, value: str, keys: NDArray[np.float64], codes: Sequence[int], default: int) -> str:
        """Add a look-up of float64 as whole numbers; a missing number, NaN, has the default."""
        from onnx import numpy_helper

        (output,) = self.ops(
            "LabelEncoder",
            value,
            outputs=("",),
            domain=ML_DOMAIN,
            keys_tensor=numpy_helper.from_array(np.asarray(keys, dtype=np.float64)),
            values_tensor=numpy_helper.from_array(np.asarray(codes, dtype=np.int64)),
            default_tensor=numpy_helper.from_array(np.array([default], dtype=np.int64)),
        )
        return output

    def document(self, name: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> "ModelProto":
        """Return the model of the graph, with what onnxruntime has to have."""
        from onnx import helper

        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML_DOMAIN, ML_OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="demarcate")

    def free_name(self, wanted: str) -> str:
        """Return a name that nothing else has, as close to the wanted one as can be."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted

    def _fresh(self, hint: str) -> str:
        return self.free_name(f"{hint} {len(self._taken)}")
