using System.Collections.Frozen;
using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>The words by which logs say what happened, and the kinds they mean.</summary>
/// <remarks>Sources of the words: the REES46, RetailRocket, Taobao UserBehavior and Tianchi data sets, Segment's e-commerce spec,
/// Google Analytics 4 recommended events, Meta standard events, and plain words in nine languages.</remarks>
static class KindWords
{
    static readonly (string Kind, string Words)[] Table =
    [
        ("view", """
            view views viewed pv pageview page_view page page_viewed product_view product_viewed view_item viewitem view_content
            viewcontent detail product_detail item_view itemview viewed_product screen screen_view browse browsed visit impression
            detail_view
            click_item look see seen product_list_viewed view_item_list listing_view view_list category_view
            ansicht ansehen angesehen aufruf seitenaufruf produktansicht betrachten vue consultation consulte visualisation vu vista ver
            visto visualizacion visualizacao visualizzazione visualizzato visita
            просмотр просмотр_товара просмотрел посещение просмотры показ
            浏览 查看 浏览商品 商品浏览 曝光 访问 瀏覽 点击浏览 看 閲覧 表示 商品閲覧 ページ閲覧 視聴
            """),
        ("click", """
            click clicked clk product_clicked select_item select_content item_click tap klick geklickt clic clique clique_produto cliccato
            клик нажатие 点击 點擊 点击商品 クリック promotion_clicked select_promotion
            """),
        ("search", """
            search searched search_performed products_searched view_search_results query site_search suche gesucht recherche busqueda
            buscar busca pesquisa ricerca cerca поиск 搜索 搜尋 检索 検索
            """),
        ("add_to_cart", """
            add_to_cart addtocart cart add_cart cart_add addcart added_to_cart product_added wishlist_product_added_to_cart add_to_basket
            addtobasket basket basket_add atc add add_to_bag in_den_warenkorb warenkorb in_warenkorb zum_warenkorb_hinzugefugt zum_warenkorb
            ajout_panier ajouter_au_panier panier ajout_au_panier carrito agregar_al_carrito anadir_al_carrito al_carrito carrinho
            adicionar_ao_carrinho add_carrinho carrello aggiunto_al_carrello aggiungi_al_carrello
            корзина в_корзину добавление_в_корзину добавил_в_корзину 加购 加购物车 加入购物车 购物车 加購 添加购物车 添加到购物车 カート カート追加 カートに追加 カゴ追加 かご
            """),
        ("remove_from_cart", """
            remove_from_cart removefromcart cart_remove remove product_removed removed_from_cart remove_from_basket remove_cart
            delete_from_cart aus_warenkorb_entfernt retrait_panier supprimer_du_panier quitar_del_carrito remover_do_carrinho
            rimosso_dal_carrello
            удаление_из_корзины 移出购物车 删除购物车 删除 取消加购 カート削除 カートから削除
            """),
        ("wishlist", """
            wishlist wish fav favorite favourite favorites favor collect collection like save saved product_added_to_wishlist
            add_to_wishlist wishlist_add addtowishlist bookmark merkliste merkzettel wunschliste favoris favori liste_de_souhaits favorito
            favoritos lista_de_deseos lista_de_desejos preferiti lista_desideri
            избранное в_избранное 收藏 收藏商品 喜欢 关注 加收藏 お気に入り お気に入り追加
            """),
        ("checkout", """
            checkout checkout_started begin_checkout initiate_checkout initiatecheckout start_checkout checkout_step checkout_step_viewed
            checkout_step_completed add_payment_info payment_info_entered add_shipping_info kasse zur_kasse paiement_commence caisse pagar
            finalizar_compra_iniciada checkout_iniciado cassa
            оформление оформление_заказа 结算 结账 去结算 提交订单 下单确认 購入手続き 購入手続き開始 チェックアウト
            """),
        ("purchase", """
            purchase purchased buy bought order ordered orders order_completed order_placed place_order transaction sale sold sales paid
            payment pay buying conversion product_purchased completed_order checkout_completed purchase_completed acquire booking
            order_created invoice
            kauf kaufen gekauft bestellung bestellt verkauf achat acheter achete commande vente compra comprar comprado comprou pedido
            venta venda acquisto acquistato ordine vendita
            покупка купил купить заказ продажа оплата 购买 下单 成交 支付 付款 交易 订单 買 購買 下單 購入 注文 買い物 購入完了 决済 決済 购买商品
            """),
        ("refund", """
            refund refunded return returned order_refunded chargeback storno retoure ruckgabe ruckerstattung erstattung remboursement
            retour rembourse devolucion reembolso devolucao rimborso reso возврат
            退款 退货 退貨 返品 返金 order_cancelled cancel cancelled canceled cancellation stornierung annulation cancelacion cancelamento
            annullamento отмена 取消 取消订单 キャンセル
            """),
        ("review", """
            review reviewed rating rate rated product_reviewed comment bewertung bewertet avis evaluation resena opinion avaliacao
            recensione отзыв оценка 评价 评论 评分 評價 レビュー 評価 口コミ
            """),
        ("message", "message chat support_message ticket support nachricht mensaje mensagem messaggio сообщение 消息 咨询 客服 留言 メッセージ "
            + "問い合わせ question"),
        ("email_open", "email_open email_opened open_email emailopen opened_email mail_open e_mail_open 打开邮件 メール開封"),
        ("ad_click", "ad_click adclick ad_clicked click_ad anzeigenklick 广告点击 点击广告 広告クリック"),
        ("identify", "identify"),
        ("alias", "alias"),
    ];

    static readonly FrozenDictionary<string, string> Kinds = Table
        .SelectMany(row => row.Words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(word => (word, row.Kind)))
        .DistinctBy(pair => pair.word)
        .ToFrozenDictionary(pair => pair.word, pair => pair.Kind, StringComparer.Ordinal);

    // Words that are values of many other columns as well: they alone do not make a column one of kinds.
    static readonly FrozenSet<string> Common = new[]
    {
        "page", "add", "see", "look", "like", "save", "order", "orders", "sales", "sale", "pay", "paid", "payment", "collection",
            "favor", "return", "returned", "refunded",
        "cancelled", "canceled", "ver", "vu", "看", "買", "support", "ticket", "question", "query", "detail", "comment", "rate", "rating",
            "invoice", "booking",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The kind a word means, or null.</summary>
    public static string? KindOf(string word) => Kinds.GetValueOrDefault(Normal(word));

    /// <summary>Whether a word names something that customers do, and hardly anything else.</summary>
    public static bool IsTelling(string word) => Kinds.ContainsKey(Normal(word)) && !Common.Contains(Normal(word));

    public static string Normal(string word) => word.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');

    /// <summary>SQL that turns a column of words into kinds. Words seen in the sample are tried first, the frequent before the rare,
    /// so that the long list is seldom walked.</summary>
    public static string Sql(string column, IEnumerable<string> seenByFrequency, Dialect dialect, IReadOnlyDictionary<string,
        string>? codes = null)
    {
        var exact = seenByFrequency.Select(word => $"WHEN {dialect.Text(word)} THEN {dialect.Text(Meaning(word, codes))}");
        var normal = $"lower(replace(replace(trim({column}), ' ', '_'), '-', '_'))";
        // A map and not IN: the engine turns long IN lists into joins, which are computed for every row.
        var words = string.Join(", ", Kinds.Keys.Order(StringComparer.Ordinal).Select(dialect.Text));
        var kinds = string.Join(", ", Kinds.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => dialect.Text(k.Value)));
        var rest = $"coalesce(MAP([{words}], [{kinds}])[{normal}], {normal})";
        return $"CASE {column} {string.Join(" ", exact)} ELSE {rest} END";
    }

    static string Meaning(string word, IReadOnlyDictionary<string, string>? codes) =>
        codes?.GetValueOrDefault(word.Trim()) ?? KindOf(word) ?? Normal(word);
}
