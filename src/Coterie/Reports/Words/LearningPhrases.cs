namespace Coterie.Reports.Words;

/// <summary>Networks: what they are, why their training ended, and what was found on the way.</summary>
static class LearningPhrases
{
    public static readonly Phrase[] All =
    [
        // What they are.
        new("Transformer, {blocks:number} blocks of {heads:number} heads, {dim:number} numbers an event, newest {n:number} events", "Transformer，{blocks} 层、每层 {heads} 头，每个事件 {dim} 维，最近 {n} 个事件"),
        new("1-D CNN, {dim:number} numbers an event, newest {n:number} events", "一维 CNN，每个事件 {dim} 维，最近 {n} 个事件"),
        // Why training ended.
        new("all {n:number} epochs", "完成全部 {n} 轮"),
        new("{n:number} of {all:number} epochs", "完成 {all} 轮中的 {n} 轮"),
        new("no better validation loss for {n:number} epochs", "验证损失连续 {n} 轮没有改善"),
        new("the time budget of {seconds:number} s, {step:number} of {steps:number} steps", "时间预算 {seconds} 秒用完，完成 {steps} 步中的 {step} 步"),
        new("stopped", "被停止"),
        new("running", "进行中"),
        new("the plan's end", "按计划结束"),
        // Findings.
        new("No customers were kept for validation: confidences are as training left them, not calibrated.", "没有留作验证的客户：把握度为训练所得，未经校准。"),
        new("Confidences are not calibrated: {n:number} customers of validation do not tell a temperature.", "把握度未经校准：{n} 位验证客户不足以确定温度。"),
        new("No customers were kept for the test: what the classifier is worth on new customers is not known.", "没有留作测试的客户：分类器对新客户的效果未知。"),
        new("{n:number} of {all:number} customers have no label and were left out of training.", "{all} 位客户中有 {n} 位没有标签，未参与训练。"),
        new("{n:number} of {all:number} customers have weight 0 and were left out of training.", "{all} 位客户中有 {n} 位权重为 0，未参与训练。"),
        new("{n:number} labels belong to customers without sequences and were left out.", "有 {n} 个标签属于没有序列的客户，已略去。"),
        new("All labels are of one segment: every customer will be placed in it.", "所有标签同属一群：每位客户都将归入该群。"),
        new("Nobody is labelled with segment {segments:list}: nobody will be placed there.", "没有客户带有第 {segments} 群的标签：不会有客户归入其中。"),
        new("{n:number} of {all:number} customers have no features and were learned from by their histories alone.", "{all} 位客户中有 {n} 位没有特征，只学习其历史。"),
        new("No memory for {tried:number} customers at once: {n:number} at once from step {step:number} on.", "内存不足以一次处理 {tried} 位客户：自第 {step} 步起每次处理 {n} 位。"),
        // Search for settings.
        new("A budget of {budget:number} epochs suffices for {n:number} of {all:number} trials.", "{budget} 轮的预算只够 {all} 次试验中的 {n} 次。"),
        new("The space has {n:number} settings that differ; {trials:number} trials were asked for.", "搜索空间只有 {n} 组不同的设置；要求 {trials} 次试验。"),
        new("The search had a limit of time: which trials came how far depends on the machine.", "搜索有时间限制：各次试验进行到哪一步取决于机器。"),
        new("{n:number} of {all:number} trials failed: they came to no finite loss, or to no memory.", "{all} 次试验中有 {n} 次失败：损失不是有限值，或内存不足。"),
        new("{n:number} of {all:number} trials were cut off before their rung's end.", "{all} 次试验中有 {n} 次在本级结束前中断。"),
        new("{n:number} of {all:number} trials were never begun.", "{all} 次试验中有 {n} 次未开始。"),
        // Where the library cannot be used.
        new("The networks were left out: {why:perhaps}", "未训练神经网络：{why}"),
        new("libtorch cannot be loaded on {system}: {why} The deep view needs 64-bit Linux, Windows or macOS on Apple silicon; everything else works without it (--deep off).",
            "无法在 {system} 上加载 libtorch：{why} 深度视角需要 64 位 Linux、Windows 或搭载 Apple 芯片的 macOS；其余功能不受影响（--deep off）。"),
        new("TorchSharp's native library cannot be made to load beside this system's C++ library: {found}. Use a system with libstdc++ of gcc 13 or later (Debian 13, Ubuntu 24.04), or the version of TorchSharp that Coterie was built with.",
            "TorchSharp 的本机库无法与本系统的 C++ 库一同加载：{found}。请使用带有 gcc 13 或更新版 libstdc++ 的系统（Debian 13、Ubuntu 24.04），或使用构建 Coterie 时的 TorchSharp 版本。"),
    ];
}
