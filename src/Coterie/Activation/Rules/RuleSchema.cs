namespace Coterie.Activation.Rules;

static class RuleSchema
{
    internal const string Text = """
        {"type":"object"}
        """;
}
