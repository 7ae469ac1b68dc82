using System.Text.Json.Nodes;
using Coterie.Sequences;
using Coterie.Tests.Features;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class SequenceSchemaTests
{
    static SequenceSchema Learn(Coterie.Warehouse.DuckDb.DuckDbWarehouse warehouse, IReadOnlyList<LogEvent> log, SequenceSchemaOptions? options = null)
    {
        EventLog.Put(warehouse, log);
        return SequenceLearning.Learn(warehouse, SequenceLog.Request(), options ?? new());
    }

    [Fact]
    public void AWrittenSchema_IsReadBackWithItsChecksum()
    {
        using var warehouse = EventLog.Warehouse();
        using var folder = new TemporaryFolder();
        EventLog.SomeWithSessions.Sample(log =>
        {
            var schema = Learn(warehouse, log, new() { Products = ProductCoding.Vocabulary });
            var file = folder.File("schema.json");
            schema.Write(file);
            var read = SequenceSchema.Read(file);
            read.MustBe(schema.Checksum);
            return SequenceLog.Same(SequenceLog.Read(warehouse, log, SequenceLog.Request(), schema), SequenceLog.Read(warehouse, log, SequenceLog.Request(), read));
        }, iter: 10, threads: 1);
    }

    [Fact]
    public void UsualPricesAndCategories_AreThoseOfPlainSums()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Some.Sample(log =>
        {
            var schema = Learn(warehouse, log);
            var seen = log.Where(e => e.Time <= EventLog.AsOf).ToList();
            var expected = seen.Where(e => e.Category is not null).GroupBy(e => e.Category!).OrderByDescending(g => g.Count())
                .ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, Mean(g))).ToList();
            Assert.Equal(expected.Select(c => c.Key), schema.Categories.Select(c => c.Name));
            Assert.All(expected.Zip(schema.Categories), p => Near(p.First.Item2, p.Second.Price));
            Near(Mean(seen), schema.UsualPrice);
            Assert.Equal(schema.PriceEdges.Order().Distinct(), schema.PriceEdges);
            Assert.InRange(schema.PriceEdges.Count, 0, 7);
        }, iter: 20, threads: 1);

        static double? Mean(IEnumerable<LogEvent> events) => events.Where(e => e.Price > 0).Select(e => e.Price).DefaultIfEmpty(null).Average();
        static void Near(double? a, double? b) => Assert.True(a is null ? b is null : Math.Abs(a.Value - b!.Value) < 1e-6);
    }

    [Fact]
    public void PriceBuckets_HoldEquallyManyEvents()
    {
        using var warehouse = EventLog.Warehouse();
        var log = Enumerable.Range(0, 800).Select(i => new LogEvent("c", EventLog.Start.AddMinutes(i), "view") { Category = "a", Price = Math.Exp(i / 200.0) }).ToArray();
        var read = SequenceLog.Read(warehouse, log, SequenceLog.Request() with { Length = 800 });
        Assert.All(read.Codes[read.Place("price")].CountBy(c => c), c => Assert.InRange(c.Value, 85, 115));
        Assert.Equal(8, read.Codes[read.Place("price")].Distinct().Count());
    }

    [Theory]
    [InlineData(ProductCoding.Hashed, 1)]
    [InlineData(ProductCoding.Vocabulary, 1)]
    [InlineData(ProductCoding.Hashed, 3000)]
    [InlineData(ProductCoding.Vocabulary, 3000)]
    public void AnyNumberOfProducts_IsCodedWithinTheField(ProductCoding coding, int products)
    {
        using var warehouse = EventLog.Warehouse();
        var log = Enumerable.Range(0, products).Select(i => new LogEvent($"c{i % 50}", EventLog.Start.AddMinutes(i), "view") { Product = $"p{i}" }).ToArray();
        var schema = Learn(warehouse, log, new() { Products = coding, ProductCodes = 1000 });
        var read = SequenceLog.Read(warehouse, log, SequenceLog.Request(), schema);
        var place = read.Place("product");
        Assert.All(read.Codes[place], c => Assert.InRange(c, coding == ProductCoding.Hashed ? 2 : 1, read.Fields[place].Codes - 1));
        var known = read.Codes[place].Where(c => c >= SequenceField.First).Distinct().Count();
        Assert.Equal(products == 1 ? 1 : coding == ProductCoding.Vocabulary ? 1000 : 950, known, products == 1 || coding == ProductCoding.Vocabulary ? 0.0 : 50.0);
        Assert.All(read.Codes.Zip(read.Fields), f => Assert.All(f.First, c => Assert.InRange(c, 1, f.Second.Codes - 1)));
    }

    /// <summary>Ten million products differ from three thousand only in what SQL counts; the coder and the schema hold none of them when they are hashed.</summary>
    [Fact]
    public void AHashedSchema_DoesNotGrowWithTheCatalogue()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] few = [new("c", EventLog.Start, "view") { Product = "p" }];
        var many = Enumerable.Range(0, 2000).Select(i => new LogEvent("c", EventLog.Start.AddMinutes(i), "view") { Product = $"p{i}" }).ToArray();
        Assert.Equal(Learn(warehouse, few).Checksum, Learn(warehouse, many).Checksum);
    }

    [Fact]
    public void ValuesThatTrainingDidNotSee_AreUnknown()
    {
        using var warehouse = EventLog.Warehouse();
        var schema = Learn(warehouse, [new("c", EventLog.Start, "view") { Category = "a", Product = "p", Device = "d", Channel = "h" }],
            new() { Products = ProductCoding.Vocabulary });
        var read = SequenceLog.Read(warehouse, [new("c", EventLog.Start, "view") { Category = "new", Product = "new", Device = "new", Channel = "new" }],
            SequenceLog.Request(), schema);
        Assert.All(new[] { "category", "product", "channel", "device", "price" }, f => Assert.Null(read.Word(f, 0)));
        Assert.Equal("new", read.Word("product_rank", 0));
    }

    [Fact]
    public void AnotherCatalogue_IsOneClearError()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] Shop(string word) => [.. Enumerable.Range(0, 12).Select(i => new LogEvent("c", EventLog.Start, "view") { Category = $"{word}/{i}" })];
        var (here, there) = (Learn(warehouse, Shop("books")), Learn(warehouse, Shop("shoes")));
        Assert.Contains("The model is from another catalogue: it knows none of the 12 categories of these events (such as 'books/0'; it knows 'shoes/0')",
            Assert.Throws<InputException>(() => SequenceLog.Read(warehouse, Shop("books"), SequenceLog.Request(), there)).Message, StringComparison.Ordinal);
        Assert.StartsWith("The model is from another catalogue: it was trained on codes", Assert.Throws<InputException>(() => here.MustBe(there.Checksum)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(SequenceLog.Read(warehouse, [.. Shop("books"), new("d", EventLog.Start, "view") { Category = "shoes/3" }], SequenceLog.Request(), there).Customers);
    }

    [Fact]
    public void ADamagedSchema_IsRefused()
    {
        using var warehouse = EventLog.Warehouse();
        using var folder = new TemporaryFolder();
        var file = folder.File("schema.json");
        Learn(warehouse, [new("c", EventLog.Start, "view") { Category = "a", Price = 2, Product = "p" }]).Write(file);
        var text = File.ReadAllText(file);
        string Refused(string changed)
        {
            File.WriteAllText(file, changed);
            return Assert.Throws<InputException>(() => SequenceSchema.Read(file)).Message;
        }

        Assert.Contains("was changed", Refused(text.Replace("\"price\":2", "\"price\":3", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("has the version", Refused(text.Replace("sequences/1", "sequences/9", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("is damaged", Refused(text[..^9]), StringComparison.Ordinal);
        Assert.Contains("is damaged", Refused("null"), StringComparison.Ordinal);
        Assert.Contains("is damaged", Refused("{\"checksum\":\"\"}"), StringComparison.Ordinal);
        var wild = JsonNode.Parse(text)!;
        wild["schema"]!["options"]!["product_codes"] = 70_000;
        Assert.Contains("is damaged", Refused(wild.ToJsonString()), StringComparison.Ordinal);
        wild["schema"]!["categories"] = null;
        Assert.Contains("is damaged", Refused(wild.ToJsonString()), StringComparison.Ordinal);
        Assert.Contains("There is no schema", Assert.Throws<InputException>(() => SequenceSchema.Read(folder.File("none.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsOutOfRange_AreListed()
    {
        using var warehouse = EventLog.Warehouse();
        var options = new SequenceSchemaOptions { Categories = 0, ProductCodes = 70_000, Channels = -1, Products = (ProductCoding)7 };
        Assert.Equal(4, Assert.Throws<ConfigurationException>(() => Learn(warehouse, [], options)).Message.Split('\n').Length);
    }
}
