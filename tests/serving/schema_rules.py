"""Whether a value fits a JSON Schema of the service: the keywords that its schemas have."""

import re

TYPES = {"null": type(None), "boolean": bool, "string": str, "array": list, "object": dict, "number": (int, float)}
NO_RULES = {"$schema", "title", "description", "examples", "required", "then", "minContains", "maxContains"}


def fits(schema, value):
    """Whether a value fits."""
    return all(_keeps(name, rule, schema, value) for name, rule in schema.items() if not name.startswith("x-"))


def is_of(name, value):
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _keeps(name, rule, schema, value):
    if name in NO_RULES - {"required"}:
        return True
    match name:
        case "type":
            return any(is_of(each, value) for each in (rule if isinstance(rule, list) else [rule]))
        case "enum":
            return any(type(each) is type(value) and each == value for each in rule)
        case "const":
            return type(rule) is type(value) and rule == value
        case "anyOf":
            return any(fits(each, value) for each in rule)
        case "allOf":
            return all(fits(each, value) for each in rule)
        case "not":
            return not fits(rule, value)
        case "if":
            return not fits(rule, value) or fits(schema["then"], value)
        case "pattern":
            pattern = re.compile(rule.removesuffix("$") + r"\Z" if rule.endswith("$") else rule, re.ASCII)
            return not isinstance(value, str) or pattern.search(value) is not None
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return not is_of("number", value) or _is_within(name, rule, value)
    if isinstance(value, list):
        return _keeps_of_list(name, rule, schema, value)
    return not isinstance(value, dict) or _keeps_of_object(name, rule, schema, value)


def _is_within(name, rule, value):
    return {
        "minimum": value >= rule,
        "maximum": value <= rule,
        "exclusiveMinimum": value > rule,
        "exclusiveMaximum": value < rule,
    }[name]


def _keeps_of_list(name, rule, schema, values):
    match name:
        case "items":
            return all(fits(rule, each) for each in values)
        case "minItems":
            return len(values) >= rule
        case "maxItems":
            return len(values) <= rule
        case "contains":
            n = sum(fits(rule, each) for each in values)
            return schema.get("minContains", 1) <= n <= schema.get("maxContains", n)
    return _is_of_others(name)


def _keeps_of_object(name, rule, schema, value):
    match name:
        case "properties":
            return all(fits(rule[key], each) for key, each in value.items() if key in rule)
        case "required":
            return {*rule} <= {*value}
        case "additionalProperties":
            others = [each for key, each in value.items() if key not in schema.get("properties", {})]
            return all(fits(rule, each) for each in others) if isinstance(rule, dict) else rule or not others
        case "propertyNames":
            return all(fits(rule, key) for key in value)
    return _is_of_others(name)


def _is_of_others(name):
    known = {"items", "minItems", "maxItems", "contains", "properties", "required", "additionalProperties"}
    assert name in known | {"propertyNames"}, f"no rule is written for {name}"
    return True
