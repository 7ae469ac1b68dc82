namespace Coterie.Reports.Words;

/// <summary>The run itself: stages, settings, decisions and plots.</summary>
static class RunPhrases
{
    public static readonly Phrase[] All =
    [
        // Stages.
        new("collect", "读取"),
        new("clean", "清洗"),
        new("cluster", "聚类"),
        new("past", "回顾历史"),
        new("prepare", "预处理"),
        new("second view", "第二视角"),
        new("networks", "神经网络"),
        new("prove", "检验"),
        new("profile", "刻画分群"),
        new("report", "报告"),
        new("segments", "分群"),
        new("assign", "归类"),
        new("read", "读取"),
        new("write", "写入"),
        new("next actions", "下一步行动"),
        new("lifecycle", "生命周期"),
        new("value", "客户价值"),
        new("churn", "流失"),
        new("recommend", "推荐"),
        new("demand", "需求"),
        new("pricing", "价格"),
        new("positioning", "定位"),
        // Settings.
        new("auto", "自动"),
        new("on", "开"),
        new("off", "关"),
        new("last event", "最后一个事件"),
        new("unknown", "未知"),
        new("{n:number} days", "{n} 天"),
        new("{n:number} s", "{n} 秒"),
        // Decisions.
        new("Not decided because the log has {n:number} events: {decisions}. --decisions on makes them here; each is also a command of its own.",
            "日志有 {n} 个事件，因此未作以下决策：{decisions}。使用 --decisions on 可在此一并完成；每项也各有命令。"),
        new("{decision:words} was left out: {why:perhaps}", "未作{decision}分析：{why}"),
        // Plots.
        new("The PNG plots are labelled in English; report.html has both languages.", "PNG 图的文字为英文；report.html 含中英两种语言。"),
        new("No font was found on this machine, so the PNG plots have no text. Install one, such as fonts-dejavu-core.", "本机未找到字体，PNG 图没有文字。请安装字体，例如 fonts-dejavu-core。"),
    ];
}
