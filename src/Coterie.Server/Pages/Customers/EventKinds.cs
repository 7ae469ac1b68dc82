using Coterie.Profiles;

namespace Coterie.Server.Pages.Customers;

/// <summary>Kinds of events in words; a kind of the shop's own stands as it is.</summary>
static class EventKinds
{
    public static Bilingual Of(string kind) => kind switch
    {
        "view" => new("viewed", "浏览"),
        "search" => new("searched", "搜索"),
        "click" => new("clicked", "点击"),
        "add_to_cart" => new("put into the cart", "加入购物车"),
        "remove_from_cart" => new("took out of the cart", "移出购物车"),
        "wishlist" => new("wished for", "收藏"),
        "checkout" => new("went to the checkout", "结账"),
        "purchase" => new("bought", "购买"),
        "refund" => new("sent back", "退款"),
        "review" => new("reviewed", "评价"),
        "message" => new("wrote", "留言"),
        "email_open" => new("opened an e-mail", "打开邮件"),
        "ad_click" => new("clicked an ad", "点击广告"),
        _ => new(kind, kind),
    };
}
