namespace Coterie.Activation.Rules;

/// <summary>The JSON schema of a rule. It says the shape; what depends on a value (from below to, a feature that the run has) the reader says.</summary>
static class RuleSchema
{
    internal const string Text = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "coterie.audience-rule/1",
          "title": "Audience rule",
          "description": "Who is in an audience. At most 16 levels deep; at most 256 clauses, filters and steps.",
          "$ref": "#/$defs/rule",
          "$defs": {
            "rule": { "oneOf": [ { "$ref": "#/$defs/all" }, { "$ref": "#/$defs/any" }, { "$ref": "#/$defs/not" }, { "$ref": "#/$defs/segment" }, { "$ref": "#/$defs/attribute" }, { "$ref": "#/$defs/did" }, { "$ref": "#/$defs/sequence" } ] },
            "all": {
              "description": "Every rule holds; of none: everybody.",
              "type": "object", "additionalProperties": false, "required": ["kind", "rules"],
              "properties": { "kind": { "const": "all" }, "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" } } }
            },
            "any": {
              "description": "At least one rule holds; of none: nobody.",
              "type": "object", "additionalProperties": false, "required": ["kind", "rules"],
              "properties": { "kind": { "const": "any" }, "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" } } }
            },
            "not": {
              "description": "The rule does not hold.",
              "type": "object", "additionalProperties": false, "required": ["kind", "rule"],
              "properties": { "kind": { "const": "not" }, "rule": { "$ref": "#/$defs/rule" } }
            },
            "segment": {
              "description": "The run placed the customer in one of the segments, or in none of them.",
              "type": "object", "additionalProperties": false, "required": ["kind"],
              "properties": { "kind": { "const": "segment" }, "in": { "$ref": "#/$defs/ids" }, "not_in": { "$ref": "#/$defs/ids" } },
              "oneOf": [ { "required": ["in"] }, { "required": ["not_in"] } ]
            },
            "attribute": {
              "description": "Something known of the customer compares so: a trait, a feature of the run, or (of customer) first_seen and last_seen.",
              "type": "object", "additionalProperties": false, "required": ["kind", "of", "name", "operator"],
              "properties": {
                "kind": { "const": "attribute" }, "of": { "enum": ["trait", "feature", "customer"] }, "name": { "$ref": "#/$defs/text" },
                "operator": { "enum": ["is", "is_not", "in", "contains", "starts_with", ">", ">=", "<", "<=", "between", "before", "after", "within_days", "is_set", "is_not_set"] },
                "value": { "$ref": "#/$defs/value" }, "values": { "$ref": "#/$defs/values" }, "from": { "type": "number" }, "to": { "type": "number" }
              }
            },
            "did": {
              "description": "The customer did something so often, or for so much money. Purchases and refunds are counted in orders.",
              "type": "object", "additionalProperties": false, "required": ["kind"],
              "properties": {
                "kind": { "const": "did" }, "event": { "$ref": "#/$defs/text" }, "where": { "$ref": "#/$defs/where" },
                "times": { "description": "Default: at least 1.", "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "at_least": { "$ref": "#/$defs/count" }, "at_most": { "$ref": "#/$defs/count" }, "exactly": { "$ref": "#/$defs/count" } } },
                "money": { "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "at_least": { "type": "number", "minimum": 0 }, "at_most": { "type": "number", "minimum": 0 } } },
                "within_days": { "$ref": "#/$defs/days" }, "between": { "$ref": "#/$defs/between" }
              },
              "not": { "required": ["within_days", "between"] }
            },
            "sequence": {
              "description": "One thing after the other, each strictly later than the one before; a step's within_days counts from the step before.",
              "type": "object", "additionalProperties": false, "required": ["kind", "steps"],
              "properties": {
                "kind": { "const": "sequence" },
                "steps": { "type": "array", "minItems": 2, "maxItems": 10, "items": { "type": "object", "additionalProperties": false,
                  "properties": { "event": { "$ref": "#/$defs/text" }, "where": { "$ref": "#/$defs/where" }, "within_days": { "$ref": "#/$defs/days" } } } },
                "within_days": { "$ref": "#/$defs/days" }, "between": { "$ref": "#/$defs/between" }
              },
              "not": { "required": ["within_days", "between"] }
            },
            "where": { "type": "array", "items": { "$ref": "#/$defs/filter" } },
            "filter": {
              "type": "object", "additionalProperties": false, "required": ["field", "operator"],
              "properties": {
                "field": { "enum": ["product_id", "category", "brand", "price", "quantity", "channel", "device", "country"] },
                "operator": { "enum": ["is", "is_not", "in", "contains", "starts_with", "under", ">", ">=", "<", "<=", "between", "is_set", "is_not_set"] },
                "value": { "$ref": "#/$defs/value" }, "values": { "$ref": "#/$defs/values" }, "from": { "type": "number" }, "to": { "type": "number" }
              }
            },
            "between": {
              "description": "Whole days, UTC, the last one too.",
              "type": "object", "additionalProperties": false, "required": ["from", "to"],
              "properties": { "from": { "type": "string", "format": "date" }, "to": { "type": "string", "format": "date" } }
            },
            "ids": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/$defs/text" } },
            "values": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/$defs/value" } },
            "value": { "type": ["string", "number", "boolean"], "maxLength": 1000 },
            "text": { "type": "string", "minLength": 1, "maxLength": 1000 },
            "count": { "type": "integer", "minimum": 0, "maximum": 1000000 },
            "days": { "type": "integer", "minimum": 1, "maximum": 3653 }
          }
        }
        """;
}
