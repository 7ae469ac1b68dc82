namespace Coterie.Clean;

/// <summary>A cleaning rule or finding: its stored code, its name and what it says.</summary>
/// <param name="Code">How the warehouse stores it. Codes are never reused: workspaces hold them.</param>
/// <param name="Name">snake_case, as in <c>quarantine</c> and <c>quality.json</c>.</param>
/// <param name="Refused">False for a finding that refuses nothing.</param>
public sealed record CleaningRule(byte Code, string Name, string Meaning, string MeaningZh, bool Refused = true);

/// <summary>All rules in the order in which they are tried: the first that fails is the one that counts.</summary>
public static class CleaningRules
{
    /// <summary>Of a row that is an event.</summary>
    internal const byte Kept = 0;
    /// <summary>Codes up to this one are decided from the row alone; the later ones need other rows.</summary>
    internal const byte LastOfRow = 19;
    /// <summary>Refusals end here; findings come after.</summary>
    internal const byte LastRefusal = 29;
    /// <summary>Of a row that the workspace already has; never stored.</summary>
    internal const byte Known = 31;

    public static readonly CleaningRule MalformedRow = new(1, "malformed_row",
        "The line is not a row: wrong number of fields, or quotes that do not close.", "该行不是有效记录：字段数不对或引号未闭合。");
    public static readonly CleaningRule NoCustomer = new(2, "no_customer",
        "Neither a customer id nor an anonymous id.", "既没有客户编号，也没有匿名编号。");
    public static readonly CleaningRule NoTime = new(3, "no_time",
        "No time.", "没有时间。");
    public static readonly CleaningRule Unreadable = new(4, "unreadable",
        "The time, price, quantity or kind is present but cannot be read.", "时间、价格、数量或事件类型存在但无法识别。");
    public static readonly CleaningRule FutureTime = new(5, "future_time",
        "The time is in the future.", "时间在未来。");
    public static readonly CleaningRule NegativePrice = new(6, "negative_price",
        "A negative price that is not a refund.", "价格为负且不是退款。");
    public static readonly CleaningRule ZeroPrice = new(7, "zero_price",
        "A purchase or refund at price zero.", "购买或退款的价格为零。");
    public static readonly CleaningRule ImpossiblePrice = new(8, "impossible_price",
        "A price that is not a finite number or is above the limit.", "价格不是有限数值或超过上限。");
    public static readonly CleaningRule ImpossibleQuantity = new(9, "impossible_quantity",
        "A purchase or refund of zero units, or more units than the limit.", "购买或退款的数量为零，或数量超过上限。");
    public static readonly CleaningRule NonProduct = new(10, "non_product",
        "Not merchandise: postage, bank charges, manual entries, adjustments, samples, vouchers, fees.",
        "不是商品：邮费、银行手续费、手工录入、调整、样品、礼券、服务费等。");
    public static readonly CleaningRule IdConflict = new(20, "id_conflict",
        "The message id was already used by a row with other content.", "消息编号已被另一条内容不同的记录使用。");
    public static readonly CleaningRule Duplicate = new(21, "duplicate",
        "Equal to an earlier row in every column, time of day included.", "与之前某行的所有列（包括时刻）完全相同。");
    public static readonly CleaningRule Robot = new(22, "robot",
        "Of a customer who acts faster than a person can.", "该客户的操作频率超出人类可能。");
    public static readonly CleaningRule Erased = new(23, "erased",
        "Of a customer who was erased and asked not to be kept: counted, and the row itself is not kept.", "该客户已被删除且要求不再保留：仅计数，不保存该行。");
    public static readonly CleaningRule Identity = new(30, "identity",
        "Identify and alias rows: they join ids and are not events.", "身份识别与别名记录：用于合并编号，不作为事件。", Refused: false);
    public static readonly CleaningRule Refund = new(40, "refund",
        "Cancelled and returned lines, recognised as refunds and kept.", "已取消或退货的明细，识别为退款并保留。", Refused: false);
    public static readonly CleaningRule PossibleDuplicate = new(41, "possible_duplicate",
        "Equal to an earlier row, but without a time of day two equal orders are possible: kept.",
        "与之前某行相同，但没有时刻信息，可能是两笔相同的订单：保留。", Refused: false);

    public static readonly IReadOnlyList<CleaningRule> All =
    [
        MalformedRow, NoCustomer, NoTime, Unreadable, FutureTime, NegativePrice, ZeroPrice, ImpossiblePrice, ImpossibleQuantity, NonProduct,
        IdConflict, Duplicate, Robot, Erased, Identity, Refund, PossibleDuplicate,
    ];
}
