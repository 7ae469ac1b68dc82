using System.Text.Json;

namespace Coterie.Activation.Rules;

/// <summary>Writes checked rules.</summary>
static class RuleWriter
{
    internal static void Write(Utf8JsonWriter json, AudienceRule rule)
    {
        json.WriteStartObject();
        switch (rule)
        {
            case AllOf all:
                Rules(json, "all", all.Rules);
                break;
            case AnyOf any:
                Rules(json, "any", any.Rules);
                break;
            case NotRule not:
                json.WriteString("kind", "not");
                json.WritePropertyName("rule");
                Write(json, not.Rule);
                break;
            case InSegment segment:
                json.WriteString("kind", "segment");
                json.WriteStartArray(segment.Not ? "not_in" : "in");
                foreach (var id in segment.Ids) json.WriteStringValue(id);
                json.WriteEndArray();
                break;
            case AttributeRule attribute:
                json.WriteString("kind", "attribute");
                json.WriteString("of", RuleWords.Sources.Of(attribute.Source));
                json.WriteString("name", attribute.Name);
                Condition(json, attribute.Condition);
                break;
            case DidEvent did:
                json.WriteString("kind", "did");
                Event(json, did.Event, did.Where);
                Bounds(json, did);
                Window(json, did.Window);
                break;
            case DidSequence sequence:
                json.WriteString("kind", "sequence");
                json.WriteStartArray("steps");
                foreach (var step in sequence.Steps)
                {
                    json.WriteStartObject();
                    Event(json, step.Event, step.Where);
                    if (step.WithinDays is { } days) json.WriteNumber("within_days", days);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                Window(json, sequence.Window);
                break;
            default:
                throw new NotSupportedException($"A rule {rule.GetType().Name} cannot be written.");
        }

        json.WriteEndObject();
    }

    static void Rules(Utf8JsonWriter json, string kind, IReadOnlyList<AudienceRule> rules)
    {
        json.WriteString("kind", kind);
        json.WriteStartArray("rules");
        foreach (var rule in rules) Write(json, rule);
        json.WriteEndArray();
    }

    static void Event(Utf8JsonWriter json, string? name, IReadOnlyList<EventFilter> filters)
    {
        if (name is not null) json.WriteString("event", name);
        if (filters.Count == 0) return;
        json.WriteStartArray("where");
        foreach (var filter in filters)
        {
            json.WriteStartObject();
            json.WriteString("field", RuleWords.Fields.Of(filter.Field));
            Condition(json, filter.Condition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Condition(Utf8JsonWriter json, Condition condition)
    {
        json.WriteString("operator", RuleWords.Operators.Of(condition.Operator));
        switch (condition.Operator)
        {
            case RuleOperator.IsSet or RuleOperator.IsNotSet:
                break;
            case RuleOperator.In:
                json.WriteStartArray("values");
                foreach (var value in condition.Values) Value(json, value);
                json.WriteEndArray();
                break;
            case RuleOperator.Between:
                json.WritePropertyName("from");
                Value(json, condition.Values[0]);
                json.WritePropertyName("to");
                Value(json, condition.Values[1]);
                break;
            default:
                json.WritePropertyName("value");
                Value(json, condition.Values[0]);
                break;
        }
    }

    static void Value(Utf8JsonWriter json, RuleValue value)
    {
        switch (value)
        {
            case TextValue text:
                json.WriteStringValue(text.Text);
                break;
            case NumberValue number:
                json.WriteNumberValue(number.Number);
                break;
            case TruthValue truth:
                json.WriteBooleanValue(truth.Truth);
                break;
            case InstantValue instant:
                json.WriteStringValue(RuleWords.Shown(instant));
                break;
            default:
                throw new NotSupportedException($"A value {value.GetType().Name} cannot be written.");
        }
    }

    static void Bounds(Utf8JsonWriter json, DidEvent did)
    {
        var (least, most) = (did.Times.AtLeast, did.Times.AtMost);
        if ((least, most) != (1, null))
        {
            json.WriteStartObject("times");
            if (least == most) json.WriteNumber("exactly", least!.Value);
            else
            {
                if (least is { } l) json.WriteNumber("at_least", l);
                if (most is { } m) json.WriteNumber("at_most", m);
            }

            json.WriteEndObject();
        }

        if (did.Money is not { } money) return;
        json.WriteStartObject("money");
        if (money.AtLeast is { } from) json.WriteNumber("at_least", from);
        if (money.AtMost is { } to) json.WriteNumber("at_most", to);
        json.WriteEndObject();
    }

    static void Window(Utf8JsonWriter json, RuleWindow window)
    {
        switch (window)
        {
            case LastDays last:
                json.WriteNumber("within_days", last.Days);
                break;
            case BetweenDays between:
                json.WriteStartObject("between");
                json.WriteString("from", between.From.ToString(RuleWords.Day));
                json.WriteString("to", between.To.ToString(RuleWords.Day));
                json.WriteEndObject();
                break;
        }
    }
}
