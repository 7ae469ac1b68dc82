namespace Coterie.Server.Pages.Customers;

/// <summary>Addresses of customers' pages.</summary>
static class CustomerLinks
{
    /// <summary>An id that a path would change or hide goes into the query instead.</summary>
    const string InQuery = "-";

    public static string To(string customer) => customer is InQuery or "." or ".." || customer.AsSpan().IndexOfAny('/', '\\', '%') >= 0 || customer.Any(char.IsControl)
        ? $"/customers/{InQuery}?id={Uri.EscapeDataString(customer)}" : $"/customers/{Uri.EscapeDataString(customer)}";

    /// <summary>The customer that an address names.</summary>
    public static string Of(string path, string query) => path == InQuery && query.Length > 0 ? query : path;
}
