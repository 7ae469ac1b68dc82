using System.Text.Json.Serialization;
using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>Something that a person asked of the segments. A closed set: one record a kind; <c>feedback.jsonl</c> holds one entry a line.</summary>
/// <remarks>Segments are named by id and customers by the id of the log. Entries are read in the order of <see cref="Time"/>, then of <see cref="Id"/>, wherever they stand in the
/// file.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RenameSegment), "rename")]
[JsonDerivedType(typeof(LockSegment), "lock")]
[JsonDerivedType(typeof(MergeSegments), "merge")]
[JsonDerivedType(typeof(SplitSegment), "split")]
[JsonDerivedType(typeof(PinCustomer), "pin")]
[JsonDerivedType(typeof(MoveCustomer), "move")]
[JsonDerivedType(typeof(MarkTogether), "together")]
[JsonDerivedType(typeof(MarkApart), "apart")]
[JsonDerivedType(typeof(ReviewCustomer), "review")]
[JsonDerivedType(typeof(WithdrawEntry), "withdraw")]
public abstract record FeedbackEntry
{
    /// <summary>F1, F2 …; empty until it is appended to a log.</summary>
    [JsonPropertyOrder(-3)]
    public string Id { get; init; } = "";
    /// <summary>UTC; the default value until it is appended to a log.</summary>
    [JsonPropertyOrder(-2)]
    public DateTime Time { get; init; }
    /// <summary>The person's name, or "command line".</summary>
    [JsonPropertyOrder(-1)]
    public required string Who { get; init; }
    /// <summary>Why, in the person's words; null where they said nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>The word of its kind, as in the file.</summary>
    [JsonIgnore]
    public string Kind => this switch
    {
        RenameSegment => "rename",
        LockSegment => "lock",
        MergeSegments => "merge",
        SplitSegment => "split",
        PinCustomer => "pin",
        MoveCustomer => "move",
        MarkTogether => "together",
        MarkApart => "apart",
        ReviewCustomer => "review",
        WithdrawEntry => "withdraw",
        _ => throw new InvalidOperationException($"{GetType().Name} has no word for its kind."),
    };

    /// <summary>What is asked, in a few words of both languages.</summary>
    [JsonIgnore]
    public Bilingual Words => FeedbackWords.Asked(this);

    /// <summary>What is wrong with it by itself; empty when nothing is.</summary>
    internal IEnumerable<Bilingual> Problems()
    {
        if (string.IsNullOrWhiteSpace(Who)) yield return new("who is empty; name the person", "缺少提出者，请注明姓名");
        if (Time != default && Time.Kind != DateTimeKind.Utc) yield return new("time has no zone; write it in UTC, such as 2026-03-01T09:30:00Z", "时间缺少时区，请用 UTC 书写，例如 2026-03-01T09:30:00Z");
        foreach (var problem in Own()) yield return problem;
    }

    private protected abstract IEnumerable<Bilingual> Own();

    private protected static IEnumerable<Bilingual> Word(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) yield return new($"{field} is empty", $"{FeedbackWords.Field(field)}为空");
        else if (value.Any(char.IsControl)) yield return new($"{field} holds a control character", $"{FeedbackWords.Field(field)}含有控制字符");
    }

    private protected static IEnumerable<Bilingual> Several(string field, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count < 2) yield return new($"{field} has {values?.Count ?? 0} entries; expected two or more", $"{FeedbackWords.Field(field)}有 {values?.Count ?? 0} 个，应为两个或以上");
        else if (values.Distinct(StringComparer.Ordinal).Count() < values.Count) yield return new($"{field} names one twice", $"{FeedbackWords.Field(field)}有重复");
        foreach (var problem in (values ?? []).SelectMany(v => Word(field, v)).Distinct()) yield return problem;
    }

    private protected static IEnumerable<Bilingual> Named(Bilingual? name) =>
        name is null ? [] : Word("name.en", name.En).Concat(Word("name.zh", name.Zh)).Concat(name.En?.Length > 80 || name.Zh?.Length > 80 ? [new("name is longer than 80 characters", "名称超过 80 个字符")] : []);
}

/// <summary>The segment is called so from now on.</summary>
public sealed record RenameSegment : FeedbackEntry
{
    public required string Segment { get; init; }
    public required Bilingual Name { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Word("segment", Segment).Concat(Name is null ? [new("name is missing", "缺少名称")] : Named(Name));
}

/// <summary>The segment keeps its id, its name and its definition: in later runs the model of the run at which it was locked says who belongs.</summary>
public sealed record LockSegment : FeedbackEntry
{
    public required string Segment { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Word("segment", Segment);
}

/// <summary>The segments are one from now on, under the id of the first.</summary>
public sealed record MergeSegments : FeedbackEntry
{
    public required IReadOnlyList<string> Segments { get; init; }
    /// <summary>Null: named by what sets it apart, as any segment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Bilingual? Name { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Several("segments", Segments).Concat(Named(Name));
}

/// <summary>The segment is divided; its largest part keeps the id.</summary>
public sealed record SplitSegment : FeedbackEntry
{
    /// <summary>More parts than this are no longer told apart by people.</summary>
    internal const int MostParts = 8;
    public required string Segment { get; init; }
    public int Into { get; init; } = 2;
    private protected override IEnumerable<Bilingual> Own() => Word("segment", Segment).Concat(Into is < 2 or > MostParts ? [new($"into is {Into}; expected 2 to {MostParts}", $"拆分的份数为 {Into}，应为 2 到 {MostParts}")] : []);
}

/// <summary>An entry that says where one customer belongs; of several about one customer the last holds.</summary>
public abstract record CustomerEntry : FeedbackEntry
{
    public required string Customer { get; init; }
    /// <summary>The segment in which the customer is held, or null where the entry does not say one.</summary>
    [JsonIgnore]
    internal abstract string? Place { get; }
}

/// <summary>The customer stays in the segment, whatever later runs find.</summary>
public sealed record PinCustomer : CustomerEntry
{
    public required string Segment { get; init; }
    internal override string Place => Segment;
    private protected override IEnumerable<Bilingual> Own() => Word("customer", Customer).Concat(Word("segment", Segment));
}

/// <summary>The customer goes to another segment than the run found, and stays there.</summary>
public sealed record MoveCustomer : CustomerEntry
{
    /// <summary>Where to.</summary>
    public required string Segment { get; init; }
    internal override string Place => Segment;
    private protected override IEnumerable<Bilingual> Own() => Word("customer", Customer).Concat(Word("segment", Segment));
}

/// <summary>These customers belong into one segment, whichever it is.</summary>
public sealed record MarkTogether : FeedbackEntry
{
    public required IReadOnlyList<string> Customers { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Several("customers", Customers);
}

/// <summary>No two of these customers belong into one segment.</summary>
public sealed record MarkApart : FeedbackEntry
{
    public required IReadOnlyList<string> Customers { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Several("customers", Customers);
}

/// <summary>A person looked at a customer and said whether the model is right. The answer is also where the customer belongs from now on.</summary>
public sealed record ReviewCustomer : CustomerEntry
{
    /// <summary>The segment that the model had the customer in.</summary>
    public required string Segment { get; init; }
    public required bool Agree { get; init; }
    /// <summary>Where the person would put the customer; null where they agree, or do not know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Chosen { get; init; }
    internal override string? Place => Agree ? Segment : Chosen;

    private protected override IEnumerable<Bilingual> Own()
    {
        foreach (var problem in Word("customer", Customer).Concat(Word("segment", Segment))) yield return problem;
        if (Agree && Chosen is not null && Chosen != Segment) yield return new($"agree is true and chosen is {Chosen}, another segment than {Segment}", $"表示同意，但选择的是 {Chosen}，而非 {Segment}");
        if (!Agree && Chosen == Segment) yield return new($"agree is false and chosen is {Chosen}, the segment that the model said", $"表示不同意，但选择的 {Chosen} 正是模型给出的分群");
        if (Chosen is { Length: 0 }) yield return new("chosen is empty", "选择的分群为空");
    }
}

/// <summary>Takes an earlier entry back; it stays in the file and counts no longer.</summary>
public sealed record WithdrawEntry : FeedbackEntry
{
    /// <summary>Id of the entry that is taken back.</summary>
    public required string Entry { get; init; }
    private protected override IEnumerable<Bilingual> Own() => Word("entry", Entry);
}
