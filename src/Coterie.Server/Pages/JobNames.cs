using Coterie.Profiles;

namespace Coterie.Server.Pages;

/// <summary>Jobs in words.</summary>
static class JobNames
{
    public static Bilingual Of(string kind) => kind switch
    {
        "segment" => new("make segments anew", "重新分群"),
        "value" => new("forecast value", "预测价值"),
        "churn" => new("forecast churn", "预测流失"),
        "demand" => new("forecast demand", "预测需求"),
        "pricing" => new("look at prices", "价格分析"),
        "positioning" => new("look at positions", "定位分析"),
        "lifecycle" => new("look at life cycles", "生命周期分析"),
        "recommend" => new("make recommendations", "生成推荐"),
        "retention" => new("remove what is too old", "清理过期数据"),
        "backup" => new("make a backup", "备份"),
        "erase" => new("delete a customer", "删除客户"),
        "ingest" => new("add a file", "添加文件"),
        "sync" => new("send an audience", "发送受众"),
        _ => new(kind, kind),
    };
}
