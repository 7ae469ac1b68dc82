using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>Where audiences are sent.</summary>
public interface IDestination
{
    DestinationFacts Facts { get; }

    /// <summary>Makes the receiver know a batch, and returns when it is sure of it. A batch that was delivered before, under the same key, has no second effect
    /// at a receiver that looks at keys.</summary>
    /// <exception cref="DeliveryException">It could not be made sure.</exception>
    Task Deliver(AudienceBatch batch, CancellationToken stop);
}

/// <summary>What is known of a destination.</summary>
/// <param name="Kind">file, webhook, postgres, ads or segment.</param>
/// <param name="Shown">What it is called in output; holds no secret, and of an address only the host.</param>
/// <param name="Identity">Another address is another receiver, which knows nothing yet; never shown or stored, only its hash is.</param>
/// <param name="Batch">Most customers in a batch.</param>
public sealed record DestinationFacts(string Kind, string Shown, string Identity, int Batch);

/// <summary>A receiver could not be reached, refused, or did not say that it has what was sent.</summary>
/// <param name="maybe">Whether the receiver may have it all the same: then it is sent again under the same key, whatever happens in between.</param>
public sealed class DeliveryException(Bilingual what, bool maybe, Exception? inner = null) : IOException(what.En, inner)
{
    /// <summary>For messages of the command line and of jobs.</summary>
    public DeliveryException(string message, bool maybe, Exception? inner = null) : this(new Bilingual(message, message), maybe, inner)
    {
    }

    /// <summary>What was found.</summary>
    public Bilingual What { get; } = what;

    /// <summary>False: it is certain that nothing arrived.</summary>
    public bool MaybeDelivered { get; } = maybe;
}
