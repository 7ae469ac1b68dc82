namespace Coterie.Simulation;

enum EventKind : byte
{
    View, Search, Click, AddToCart, RemoveFromCart, Wishlist, Checkout, Purchase, Refund, Review, Message, EmailOpen, AdClick, Identify,
    PageScroll, PopupClose,
}

/// <summary>What is wrong with a row, on purpose.</summary>
enum Fault : byte
{
    None, NoTime, FarFuture, ZeroPrice, NegativePrice, PriceInWords, AbsurdQuantity,
}

/// <summary>Which ids a row carries.</summary>
enum Identity : byte
{
    Customer, Anonymous, Both,
}

/// <summary>One thing that a simulated customer did. -1 stands for none.</summary>
struct SimulatedEvent
{
    /// <summary>Since the start of the period.</summary>
    public int Second;
    public EventKind Kind;
    public Fault Fault;
    public Identity Identity;
    /// <summary>Stars, or 0.</summary>
    public byte Rating;
    public bool Noise;
    public int Product;
    public int Cents;
    public int ListCents;
    public int Quantity;
    /// <summary>Number of the order among the customer's.</summary>
    public int Order;
    /// <summary>Number of the session among the customer's.</summary>
    public int Session;
    public string? Text;
}

/// <summary>Where a session came from.</summary>
struct SimulatedSession
{
    public byte Channel;
    public byte Device;
    public bool Bought;
}
