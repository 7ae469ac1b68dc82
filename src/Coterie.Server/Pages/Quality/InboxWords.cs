using Coterie.Profiles;

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
}
