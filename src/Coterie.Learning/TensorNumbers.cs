using TorchSharp;
using static TorchSharp.torch;

namespace Coterie.Learning;

/// <summary>Arithmetic of tensors with plain numbers. A number that is converted on the way into a call of TorchSharp is an object that nothing refers to
/// once its native part is read, so the collector may free that part while the native code still uses it: an error at best, a wrong number at
/// worst. Here it lives until the call is over. Sums count as well: TorchSharp makes the factor 1 of the second term into such an object. The operators of
/// tensors are therefore not used in this project, but for products of two tensors.</summary>
static class TensorNumbers
{
    public static Tensor Times(this Tensor x, double by)
    {
        using var number = by.ToScalar();
        return x.mul(number);
    }

    public static Tensor Over(this Tensor x, double by)
    {
        using var number = by.ToScalar();
        return x.div(number);
    }

    public static Tensor Plus(this Tensor x, double more)
    {
        using Scalar number = more.ToScalar(), once = 1.0.ToScalar();
        return x.add(number, once);
    }

    public static Tensor Plus(this Tensor x, Tensor more)
    {
        using var once = 1.0.ToScalar();
        return x.add(more, once);
    }

    public static Tensor Minus(this Tensor x, Tensor less)
    {
        using var once = (-1.0).ToScalar();
        return x.add(less, once);
    }

    /// <summary>x²; TorchSharp's own is a power, whose exponent is such an object.</summary>
    public static Tensor Squared(this Tensor x) => x.mul(x);

    /// <summary>At least so much in every place.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using var number = least.ToScalar();
        return x.clamp_min(number);
    }

    /// <summary>Another number where the mask is true.</summary>
    public static Tensor With(this Tensor x, Tensor mask, double instead)
    {
        using var number = instead.ToScalar();
        return x.masked_fill(mask, number);
    }

    public static Tensor ScaleInPlace(this Tensor x, double by)
    {
        using var number = by.ToScalar();
        return x.mul_(number);
    }

    public static Tensor DivideInPlace(this Tensor x, double by)
    {
        using var number = by.ToScalar();
        return x.div_(number);
    }

    public static Tensor ShiftInPlace(this Tensor x, double more)
    {
        using Scalar number = more.ToScalar(), once = 1.0.ToScalar();
        return x.add_(number, once);
    }

    /// <summary>x += weight * more.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor more, double weight)
    {
        using var number = weight.ToScalar();
        return x.add_(more, alpha: number);
    }

    /// <summary>x += weight * a * b.</summary>
    public static Tensor AddProductInPlace(this Tensor x, Tensor a, Tensor b, double weight)
    {
        using var number = weight.ToScalar();
        return x.addcmul_(a, b, number);
    }

    /// <summary>x += weight * a / b.</summary>
    public static Tensor AddQuotientInPlace(this Tensor x, Tensor a, Tensor b, double weight)
    {
        using var number = weight.ToScalar();
        return x.addcdiv_(a, b, number);
    }
}
