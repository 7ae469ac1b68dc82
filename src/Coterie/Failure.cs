using Coterie.Profiles;

namespace Coterie;

/// <summary>What a person or a program got wrong and can mend. The message is the English one, for the command line, the API and logs.</summary>
public abstract class ProblemException : Exception
{
    private protected ProblemException(string message, Exception? inner) : base(message, inner) => Problems = [.. message.Split('\n').Select(line => new Bilingual(line, line))];

    private protected ProblemException(IReadOnlyList<Bilingual> problems, Exception? inner) : base(string.Join('\n', problems.Select(p => p.En)), inner) => Problems = problems;

    /// <summary>The lines of the message for people who read the dashboard. A line that is there in English only is the same in both languages.</summary>
    public IReadOnlyList<Bilingual> Problems { get; }

    /// <summary>The problems in other words, of both languages.</summary>
    internal IReadOnlyList<Bilingual> Told(Func<string, string> words) => [.. Problems.Select(p => new Bilingual(words(p.En), words(p.Zh)))];
}

/// <summary>The input cannot be used (exit code 3): what was found, where, what was expected, and the cure.</summary>
public sealed class InputException : ProblemException
{
    /// <summary>For messages that no form leads to.</summary>
    public InputException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>For messages that a form may lead to.</summary>
    public InputException(string en, string zh, Exception? inner = null) : base([new Bilingual(en, zh)], inner)
    {
    }

    /// <summary>The same for several.</summary>
    public InputException(IReadOnlyList<Bilingual> problems, Exception? inner = null) : base(problems, inner)
    {
    }
}

/// <summary>Wrong usage or configuration (exit code 2); the message lists every problem, one a line.</summary>
public sealed class ConfigurationException : ProblemException
{
    /// <summary>For messages that no form leads to.</summary>
    public ConfigurationException(string message) : base(message, null)
    {
    }

    /// <summary>For messages that a form may lead to.</summary>
    public ConfigurationException(string en, string zh) : base([new Bilingual(en, zh)], null)
    {
    }

    /// <summary>The same for several.</summary>
    public ConfigurationException(IReadOnlyList<Bilingual> problems) : base(problems, null)
    {
    }
}

/// <summary>Problems while they are looked for, so that all are told at once.</summary>
sealed class ProblemList
{
    readonly List<Bilingual> all = [];

    public IReadOnlyList<Bilingual> All => all;

    public int Count => all.Count;

    public void Add(string en, string zh) => all.Add(new(en, zh));

    public void Add(IEnumerable<Bilingual> problems) => all.AddRange(problems);

    /// <exception cref="ConfigurationException">There is one.</exception>
    public void Refuse()
    {
        if (all.Count > 0) throw new ConfigurationException(all);
    }
}
