namespace Coterie;

/// <summary>The input cannot be used (exit code 3): what was found, where, what was expected, and the cure.</summary>
public sealed class InputException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Wrong usage or configuration (exit code 2); the message lists every problem, one a line.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
