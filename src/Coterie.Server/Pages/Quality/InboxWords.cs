using Coterie.Profiles;
using Coterie.Server.Collector;

namespace Coterie.Server.Pages.Quality;

/// <summary>The collector's reasons in words.</summary>
static class InboxWords
{
    public static Bilingual Reason(string code) => code switch
    {
        "not_an_object" => new("it is no JSON object", "不是 JSON 对象"),
        "bad_message_id" => new("its message id is too long", "消息编号过长"),
        "bad_timestamp" => new("its time cannot be read", "时间无法识别"),
        "unknown_type" => new("its type is missing or unknown", "类型缺失或未知"),
        "no_customer" => new("it says nothing of who it is about", "没有客户或匿名编号"),
        "no_event_name" => new("a track call without the name of its event", "track 调用缺少事件名"),
        "too_large" => new("it is too large", "事件过大"),
        _ => new(code, code),
    };

    /// <summary>What the collector said of an event, which is kept in English with it; in Chinese what it expected.</summary>
    public static Bilingual Told(string code, string message) => new(message, code switch
    {
        "not_an_object" => "事件应为 JSON 对象。",
        "bad_message_id" => $"messageId 最多 {EventJudge.LongestId} 个字符。",
        "bad_timestamp" => "timestamp 应为 ISO 8601 时间，或自 1970 年起的秒数或毫秒数。",
        "unknown_type" => $"type 应为 {string.Join("、", EventJudge.Calls)} 之一。",
        "no_customer" => "应提供 userId 或 anonymousId；alias 需要 userId 与 previousId。",
        "no_event_name" => "track 调用需要事件名（event）。",
        "too_large" => $"事件最多 {EventJudge.MostBytes:N0} 字节。",
        ErasedEvents.Code => "该客户已被删除，且要求不再保留其数据；事件未存储。",
        _ => message,
    });
}
