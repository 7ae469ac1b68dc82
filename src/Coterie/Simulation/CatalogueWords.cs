namespace Coterie.Simulation;

/// <summary>One category of the simulated shop.</summary>
/// <param name="Path">As in the event file.</param>
/// <param name="MiddlePrice">Middle price in whole units of the currency.</param>
/// <param name="Use">consumable, gift, or durable: who buys there.</param>
sealed record Leaf(string Path, int MiddlePrice, char Use, string[] Nouns);

/// <summary>The words the simulated shop is made of.</summary>
static class CatalogueWords
{
    public const char Consumable = 'c', Gift = 'g', Durable = 'd';

    public static readonly Leaf[] Leaves =
    [
        new("grocery/coffee", 28, Consumable, ["coffee beans", "espresso roast", "filter coffee"]),
        new("grocery/tea", 22, Consumable, ["green tea", "oolong", "herbal infusion"]),
        new("grocery/snacks", 20, Consumable, ["nut mix", "oat bars", "rice crackers"]),
        new("pets/dog_food", 38, Consumable, ["dry food", "puppy food", "dental sticks"]),
        new("pets/cat_food", 34, Consumable, ["cat food", "cat litter", "kitten food"]),
        new("beauty/skincare", 36, Consumable, ["day cream", "face serum", "cleanser"]),
        new("beauty/haircare", 26, Consumable, ["shampoo", "conditioner", "hair oil"]),
        new("health/vitamins", 30, Consumable, ["vitamin D", "omega capsules", "magnesium"]),
        new("health/sports_nutrition", 40, Consumable, ["protein powder", "energy gel", "creatine"]),
        new("baby/diapers", 35, Consumable, ["diapers", "wipes", "night pants"]),
        new("home/cleaning", 24, Consumable, ["detergent", "dish tabs", "surface cleaner"]),
        new("office/paper_and_ink", 32, Consumable, ["ink cartridge", "copy paper", "label roll"]),
        new("gifts/jewellery", 95, Gift, ["necklace", "bracelet", "earrings"]),
        new("gifts/flowers", 55, Gift, ["bouquet", "orchid", "dried flowers"]),
        new("gifts/chocolate", 40, Gift, ["praline box", "truffles", "chocolate tower"]),
        new("gifts/perfume", 80, Gift, ["eau de parfum", "scent set", "cologne"]),
        new("gifts/toys", 45, Gift, ["wooden train", "puzzle", "building set"]),
        new("electronics/headphones", 90, Durable, ["headphones", "earbuds", "headset"]),
        new("electronics/phones", 260, Durable, ["smartphone", "phone", "foldable phone"]),
        new("electronics/cameras", 240, Durable, ["camera", "action camera", "lens"]),
        new("electronics/accessories", 25, Durable, ["charger", "cable", "phone case"]),
        new("home/kitchen", 60, Durable, ["pan", "knife set", "kettle"]),
        new("home/bedding", 70, Durable, ["duvet", "pillow", "linen set"]),
        new("home/lighting", 55, Durable, ["desk lamp", "pendant lamp", "light strip"]),
        new("fashion/shoes", 85, Durable, ["sneakers", "boots", "sandals"]),
        new("fashion/women", 50, Durable, ["dress", "blouse", "cardigan"]),
        new("fashion/men", 50, Durable, ["shirt", "chinos", "pullover"]),
        new("fashion/bags", 75, Durable, ["backpack", "tote", "wallet"]),
        new("sports/outdoor", 90, Durable, ["tent", "rain jacket", "sleeping bag"]),
        new("sports/fitness", 45, Durable, ["yoga mat", "dumbbells", "skipping rope"]),
        new("books/fiction", 22, Durable, ["novel", "short stories", "thriller"]),
        new("garden/tools", 48, Durable, ["secateurs", "spade", "watering can"]),
    ];

    public static readonly string[] Brands =
    [
        "Norrland", "Halden", "Mirova", "Tessera", "Kiyomi", "Lumenor", "Brightwater", "Oakline", "Sancho", "Veltra", "Auric", "Pinebrook",
        "Solace", "Terrano", "Quillon", "Belmar", "Castell", "Dovetail", "Everly", "Fjordis", "Granby", "Hestia", "Indigo Lane", "Juniper",
        "Kestrel", "Larkspur", "Monarch", "Nimbus", "Orchard", "Pallas", "Quartz", "Rowan", "Saffron", "Tundra", "Umbra", "Verity",
        "山茶", "青禾", "晨光", "云岭",
    ];

    public static readonly string[] Adjectives =
        ["classic", "light", "organic", "compact", "premium", "soft", "bold", "simple", "modern", "travel", "family", "limited", "everyday", "fine"];

    public static readonly string[] Virtues =
    [
        "made to last", "for every day", "a favourite of our customers", "small but strong", "with free returns", "made with care",
        "tested by us", "new this season", "as good as it looks",
    ];
}
