using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests;

public class RngTests
{
    [Fact]
    public void NextInt_StaysBelow() => Gen.Select(Gen.ULong, Gen.Int[1, int.MaxValue])
        .Sample((seed, below) => new Seed(seed).Stream(0).NextInt(below) is var x && x >= 0 && x < below);
}
