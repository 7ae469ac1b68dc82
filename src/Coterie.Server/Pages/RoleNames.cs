using Coterie.Profiles;
using Coterie.Server.Data;

namespace Coterie.Server.Pages;

/// <summary>Roles in words.</summary>
static class RoleNames
{
    public static Bilingual Of(Role role) => role switch
    {
        Role.Viewer => new("viewer", "查看者"),
        Role.Analyst => new("analyst", "分析员"),
        Role.Operator => new("operator", "运营"),
        _ => new("admin", "管理员"),
    };

    public static Bilingual Does(Role role) => role switch
    {
        Role.Viewer => new("sees segments and figures, but nobody by name", "可查看分群与数据，但看不到具体客户"),
        Role.Analyst => new("sees customers too, and asks for decisions", "还可查看客户并请求决策"),
        Role.Operator => new("starts runs, gives feedback, sends audiences", "可启动运行、提供反馈、发送受众"),
        _ => new("sources, keys, people, privacy, deletion", "来源、密钥、人员、隐私与删除"),
    };
}
