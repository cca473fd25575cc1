"""Models in other formats: an ONNX graph, a page of the web, plain PyTorch. ONNX needs the extra ``export``.

Names are imported when they are first used: the help of the command lists the formats alone.
"""

from typing import TYPE_CHECKING, Any

from demarcate.export.export_formats import FORMATS, ExportCheck, ExportFormat

if TYPE_CHECKING:
    from demarcate.export.exporting import export_model
    from demarcate.export.onnx_inputs import inputs_for_onnx

__all__ = ["FORMATS", "ExportCheck", "ExportFormat", "export_model", "inputs_for_onnx"]


def __getattr__(name: str) -> Any:
    if name == "export_model":
        from demarcate.export.exporting import export_model

        return export_model
    if name == "inputs_for_onnx":
        from demarcate.export.onnx_inputs import inputs_for_onnx

        return inputs_for_onnx
    raise AttributeError(f"module 'demarcate.export' has no attribute {name!r}")
