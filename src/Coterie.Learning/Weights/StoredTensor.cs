namespace Coterie.Learning.Weights;

/// <summary>Numbers with a shape, as they lie in a file.</summary>
/// <param name="Shape">Sizes of the dimensions; empty for a single number.</param>
/// <param name="Values">Row-major; as many as the product of the shape.</param>
sealed record StoredTensor(long[] Shape, float[] Values)
{
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
