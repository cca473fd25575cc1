"""What a model in plain PyTorch is made of; `export.pytorch_source` copies what a model needs into its ``model.py``.

Nothing here knows a model of demarcate: columns, weights and members are handed to `PlainClassifier`.
"""
