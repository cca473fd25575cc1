"""The service under load, attack, overload and chaos; each module says how it is run."""
