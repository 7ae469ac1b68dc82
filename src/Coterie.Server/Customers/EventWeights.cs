namespace Coterie.Server.Customers;

/// <summary>Which events speak for a customer's segment and which against it, from the run and the workspace's events.</summary>
public sealed class EventWeights(OpenedRuns opened, WorkspaceHost host)
{
    /// <summary>Those of greatest weight first; none where the order of events had no part in the run's segments, or there is one segment only.</summary>
    /// <exception cref="InputException">The run does not know the customer, or the workspace has none of their events of the run's time any more.</exception>
    public async Task<IReadOnlyList<EventReason>> Of(RunEntry run, string customer, CancellationToken stop)
    {
        var former = await opened.Whole(run).WaitAsync(stop);
        return await Task.Run(() => host.Read(w => former.MovingEvents(customer, w, EventReasons.Newest), stop), stop);
    }
}
