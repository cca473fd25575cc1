"""The model file: one `.safetensors` file that holds a fitted predictor and nothing executable."""
