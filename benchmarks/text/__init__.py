"""Tables whose words carry the signal, against TF-IDF with logistic regression and CatBoost's text features."""
