using Coterie.Activation;
using Coterie.Profiles;

namespace Coterie.Server.Sending;

/// <summary>Something that a destination must be told.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Label">For people.</param>
/// <param name="Secret">Is never shown again.</param>
/// <param name="Example">What a value looks like.</param>
public sealed record DestinationField(string Name, Bilingual Label, bool Required = true, bool Secret = false, bool Switch = false, string Example = "")
{
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>A kind of receiver.</summary>
/// <param name="Word">As it is stored.</param>
/// <param name="Name">For people.</param>
/// <param name="Does">One sentence.</param>
public sealed record DestinationKind(string Word, Bilingual Name, Bilingual Does, IReadOnlyList<DestinationField> Fields)
{
    static readonly DestinationField Private = new("allow_private", new("It is in our own network: private addresses, any port and plain http are fine", "位于内部网络：允许私有地址、任意端口与 http"), Required: false, Switch: true);
    static readonly DestinationField Folder = new("folder", new("Folder, under exports/ of the workspace", "文件夹（位于工作区的 exports/ 下）"), Example: "crm");

    public static readonly IReadOnlyList<DestinationKind> All =
    [
        new("webhook", new("Webhook", "Webhook"), new("Signed JSON to an address of yours (Standard Webhooks).", "向您的地址发送签名 JSON（Standard Webhooks）。"),
        [
            new("url", new("Address", "地址"), Example: "https://example.com/hooks/coterie"),
            new("secret", new("Signing secret", "签名密钥"), Secret: true, Example: "whsec_…"), Private,
        ]),
        new("segment", new("Segment's tracking API", "Segment 跟踪 API"), new("identify and track calls, for any receiver that speaks it.", "以 identify 与 track 调用发送，适用于任何支持该接口的接收方。"),
        [
            new("url", new("Address", "地址"), Example: "https://api.segment.io"),
            new("key", new("Write key", "写入密钥"), Secret: true), Private,
        ]),
        new("postgres", new("PostgreSQL", "PostgreSQL"), new("A table, one row for each customer and audience.", "写入数据表，每位客户与受众一行。"),
        [
            new("connection", new("Connection, without a password", "连接（不含密码）"), Example: "Host=db;Database=shop;Username=coterie"),
            new("password", new("Password", "密码"), Required: false, Secret: true),
            new("table", new("Table", "数据表"), Required: false, Example: "coterie_audiences"),
        ]),
        new("file", new("Files", "文件"), new("Files of changes in a folder that another program collects.", "在文件夹中写入变更文件，由其他程序取走。"),
        [
            Folder, new("format", new("Format", "格式")) { Choices = ["csv", "parquet", "jsonl"] },
        ]),
        new("ads", new("Lists for ad platforms", "广告平台名单"), new("Hashed identifiers in the form that the platform takes.", "按平台要求生成哈希标识名单。"),
        [
            Folder, new("platform", new("Platform", "平台")) { Choices = [.. AdPlatform.All.Select(p => p.Id)] },
            new("calling_code", new("Country code of phone numbers that lack one", "缺少国家码时使用的国家码"), Required: false, Example: "44"),
        ]),
    ];

    public static DestinationKind? Of(string? word) => All.FirstOrDefault(k => k.Word == word);
}
