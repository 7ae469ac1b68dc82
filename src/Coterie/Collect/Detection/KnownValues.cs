using System.Collections.Frozen;

namespace Coterie.Collect;

/// <summary>Values that give a column away whatever its name: countries, currencies, devices, channels, order states.</summary>
static class KnownValues
{
    static FrozenSet<string> Set(string words, char separator = ' ') =>
        words.Split([separator, '\n', '\r'],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // ISO 3166-1 alpha-2, upper case only: in lower case they may as well be languages.
    static readonly FrozenSet<string> CountryCodes = """
        AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV
        CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET
        FI FJ FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KM KP KR
        KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC
        MD ME MG MK ML MM MN MO MQ MR MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NZ OM PA PE PF PG PH PK PL PR PS PT PW PY QA RE RO RS RU
        RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ
        TC TD TG TH TJ TL TM TN TO TR TT TW TZ UA UG UK US UY UZ VA VC VE VG VI VN VU WS XK YE YT ZA ZM ZW
        """.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> CountryNames = Set(
        """
        United Kingdom,France,Germany,EIRE,Ireland,Spain,Netherlands,Belgium,Switzerland,Portugal,Australia,Norway,Italy,Channel Islands
        Finland,Cyprus,Sweden,Unspecified,Austria,Denmark,Japan,Poland,Israel,USA,United States,United States of America
        Hong Kong,Singapore,Iceland,Canada,Greece,Malta,United Arab Emirates,European Community,RSA,South Africa,Lebanon,Lithuania,Brazil
        Czech Republic,Czechia,Bahrain,Saudi Arabia,China,India,Russia,Russian Federation,Mexico,Argentina,Chile
        Colombia,Peru,Turkey,Türkiye,Ukraine,Romania,Hungary,Bulgaria,Croatia,Serbia,Slovakia,Slovenia,Estonia,Latvia,Luxembourg
        South Korea,Korea,Taiwan,Thailand,Vietnam,Indonesia,Malaysia,Philippines,New Zealand,Egypt,Nigeria,Kenya,Morocco,Pakistan,Bangladesh
        Deutschland,Österreich,Schweiz,Frankreich,Spanien,Italien,Niederlande,Belgien,Polen,Dänemark,Schweden,Norwegen,Großbritannien
        Vereinigtes Königreich,Portugal,Tschechien,Ungarn,Griechenland
        Allemagne,Autriche,Suisse,Espagne,Italie,Pays-Bas,Belgique,Pologne,Royaume-Uni,États-Unis,Japon,Chine,Suède,Norvège,Danemark,Maroc
        Tunisie,Algérie
        España,Francia,Alemania,Italia,Reino Unido,Estados Unidos,México,Perú,Brasil,Países Bajos,Bélgica,Suiza,Japón,Alemanha,França
        Espanha,Germania,Spagna,Regno Unito,Stati Uniti,Svizzera,Paesi Bassi
        Россия,Украина,Беларусь,Казахстан,Германия,Франция,Италия,Испания,США,Китай,Польша
        中国,美国,英国,法国,德国,日本,韩国,意大利,西班牙,俄罗斯,加拿大,澳大利亚,新加坡,香港,台湾,巴西,印度,アメリカ,イギリス,フランス,ドイツ,中華人民共和国,韓国,台湾,カナダ,オーストラリア
        """, ',');

    static readonly FrozenSet<string> Currencies = Set(
        "USD EUR GBP JPY CNY CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY INR BRL MXN ARS CLP COP PEN ZAR KRW TWD "
            + "HKD SGD THB MYR IDR PHP VND AED SAR ILS EGP NGN KES MAD RMB KZT BYN ISK");

    static readonly FrozenSet<string> Devices = Set(
        "desktop mobile tablet phone smartphone android ios iphone ipad pc web app windows mac macos linux laptop mobile_web "
            + "mobile_app tv smarttv web_mobile handy computer ordinateur movil celular ordenador portatil telefono "
        + "手机 电脑 平板 安卓 苹果 移动端 pc端 スマホ スマートフォン パソコン タブレット телефон компьютер планшет мобильный десктоп unknown other");

    static readonly FrozenSet<string> Channels = Set(
        "email e-mail organic direct paid search social referral affiliate affiliates display facebook google instagram twitter "
            + "tiktok youtube bing baidu online offline store instore retail webshop marketplace amazon ebay web phone multichannel "
            + "seo sem cpc ppc newsletter ads adwords sms push "
        + "organic_search paid_search social_media influencer partner wechat pinterest whatsapp telefon filiale laden tienda "
        + "boutique magasin correo loja negozio app website call_center callcenter catalog kiosk other none (none) (direct) 线上 线下 "
        + "微信 淘宝 天猫 京东 抖音 门店 小程序 官网 百度 直播 オンライン 店舗 メール 検索 магазин сайт почта реклама");

    static readonly FrozenSet<string> CancelledStates = Set(
        "cancelled,canceled,cancel,order_refunded,wc-cancelled,wc-refunded,refunded,refund,returned,return,voided,void,"
            + "partially_refunded,chargeback,storniert,storno,retourniert,erstattet,annulé,annule,annulée,remboursé,retourné,"
            + "cancelado,cancelada,anulado,devuelto,reembolsado,devolvido,annullato,rimborsato,reso,отменён,отменен,отменено,отмена,"
            + "возврат,возвращен,возвращён,已取消,取消,已退款,退款,退货,已退货,已关闭,交易关闭,キャンセル,返品,返金,返品済み,キャンセル済み", ',');

    static readonly FrozenSet<string> OtherStates = Set(
        "completed,complete,delivered,shipped,processing,pending,paid,new,approved,invoiced,open,closed,confirmed,success,"
            + "successful,fulfilled,unfulfilled,authorized,in_progress,created,failed,on hold,geliefert,bezahlt,versandt,offen,"
            + "abgeschlossen,livré,payé,expédié,entregado,pagado,enviado,entregue,pago,consegnato,pagato,spedito,доставлен,оплачен,"
            + "выполнен,новый,завершен,завершён,已完成,已付款,已发货,交易成功,待付款,待发货,成功,完了,発送済み,支払済み,配達済み", ',');

    public static bool IsCountry(string value) => CountryCodes.Contains(value) || CountryNames.Contains(value);

    public static bool IsCurrency(string value) => Currencies.Contains(value);

    public static bool IsDevice(string value) => Devices.Contains(value.Replace(' ', '_'));

    public static bool IsChannel(string value) => Channels.Contains(value.Replace(' ', '_'));

    public static bool IsState(string value) => CancelledStates.Contains(value) || OtherStates.Contains(value);

    public static bool IsCancelledState(string value) => CancelledStates.Contains(value);

    public static IEnumerable<string> CancelledWords => CancelledStates.Order(StringComparer.Ordinal);
}
