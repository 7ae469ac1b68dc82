namespace Coterie.Tests.Learning;

/// <summary>libtorch's generator and its number of threads belong to the process: tests that use them run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneAtATime
{
    public const string Name = "libtorch";
}
