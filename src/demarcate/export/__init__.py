"""Models in other formats: an ONNX graph, a page of the web, plain PyTorch. ONNX needs the extra ``export``."""
