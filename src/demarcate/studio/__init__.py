"""The studio: classification, live, in the browser and in the notebook (``pip install demarcate[studio]``)."""
