namespace Coterie.Reports.Words;

/// <summary>The horizon held back, the outlook learned from the past, and the small models that are judged on it.</summary>
static class ProofPhrases
{
    public static readonly Phrase[] All =
    [
        new("The horizon of {days:number} days was asked for.", "按要求以 {days} 天为验证期。"),
        new("The last {days:number} of {all:number} days were held back for the proof.", "在全部 {all} 天中，最后 {days} 天留作检验。"),
        new("The history of {days:number} days is too short to hold back a horizon of at least {least:number} days (a quarter of it): predictive validity was not judged.",
            "历史只有 {days} 天，不足以留出至少 {least} 天（历史的四分之一）的验证期：未检验预测效度。"),
        new("The proof and the outlook use {share:number}% of customers, chosen by a hash of their id ({n:number} of {all:number}).", "检验与前景使用 {share}% 的客户，按客户 ID 的散列选取（{all} 位中的 {n} 位）。"),
        new("Nobody was a customer by {date}: predictive validity was not judged.", "截至 {date} 还没有客户：未检验预测效度。"),
        new("Outlook: {why:words}", "前景：{why}"),
        new("Outlook of the freeze: {why:words}", "冻结时刻的前景：{why}"),
        new("{n:number} of {all:number} customers ordered in the {days:number} days held back; at least {least:number} with and without an order are needed.",
            "在保留的 {days} 天里，{all} 位客户中有 {n} 位下单；下单与未下单的客户各需至少 {least} 位。"),
        new("Features say too little about orders in the next {days:number} days (held-out AUC {auc:number}; at least {least:number} is needed).", "特征对此后 {days} 天下单的说明太少（留出客户上的 AUC 为 {auc}，至少需要 {least}）。"),
        new("Learned from {n:number} customers frozen {days:number} days ago (held-out AUC {auc:number}).", "学习自 {days} 天前冻结的 {n} 位客户（留出客户上的 AUC 为 {auc}）。"),
        new("No orders in the horizon: 'orders' means any activity, and 'spend' counts 1 for a customer who came back.", "验证期内没有订单：“下单”指任何活动，“消费”对回来的客户计为 1。"),
        // Small heads.
        new("Churn: nearly everybody or nobody came back in the horizon, so churn means no order in it.", "流失：验证期内几乎所有人都回来或都没回来，因此流失指期内没有下单。"),
        new("Churn was not asked: fewer than {n:number} customers left or fewer stayed.", "未检验流失：流失或留下的客户不足 {n} 位。"),
        new("The next category was not asked: no category has {n:number} buyers in the horizon and as many of others.", "未检验下一品类：验证期内没有品类同时有 {n} 位购买者和同样多购买其他品类的客户。"),
        new("Spend was not asked: everybody spent the same in the horizon.", "未检验消费：验证期内所有客户消费相同。"),
        // Profiles.
        new("Rules were fitted on {n:number} of {all:number} customers and measured on all.", "规则在 {all} 位客户中的 {n} 位上拟合，并在全部客户上检验。"),
        new("No short rule finds {n:number} of {all:number} segments (labels {labels:list}).", "{all} 个群中有 {n} 个没有简短规则（标签 {labels}）。"),
        new("Facts were measured on {n:number} of {all:number} customers, chosen by a hash of their id.", "事实在 {all} 位客户中的 {n} 位上计算，按客户 ID 的散列选取。"),
    ];
}
