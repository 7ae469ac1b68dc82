using System.Collections.Frozen;

namespace Coterie.Collect;

/// <summary>Words by which columns are named, for each event column, in nine languages.</summary>
/// <remarks>Words are joined and without accents, as <see cref="ColumnName"/> makes them.</remarks>
static partial class Vocabulary
{
    /// <summary>The words of one role.</summary>
    /// <param name="Names">Whole names that mean it and little else.</param>
    /// <param name="Stems">Names that mean it together with an id word (customer + id), and nearly so alone.</param>
    /// <param name="Weak">Names that may mean it.</param>
    /// <param name="Parts">Single words inside a longer name that hint at it.</param>
    /// <param name="Against">Words inside a name that speak against it.</param>
    sealed record Words(string Names, string Stems = "", string Weak = "", string Parts = "", string Against = "")
    {
        public FrozenSet<string> NameSet { get; } = Set(Names);
        public FrozenSet<string> StemSet { get; } = Set(Stems);
        public FrozenSet<string> WeakSet { get; } = Set(Weak);
        public FrozenSet<string> PartSet { get; } = Set(Parts);
        public FrozenSet<string> AgainstSet { get; } = Set(Against);

        static FrozenSet<string> Set(string words) =>
            words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }

    public static IEnumerable<string> Roles => Table.Keys;

    /// <summary>How well a name fits a role, 0 to 1.</summary>
    public static double Fit(ColumnName name, string role)
    {
        var words = Table[role];
        if (words.NameSet.Contains(name.Joined)) return 1;
        if (words.StemSet.Contains(name.Stem)) return name.HasIdAffix ? 1 : 0.9;
        var against = name.Words.Any(words.AgainstSet.Contains) || ContainsAny(name.Joined, words.AgainstSet);
        if (words.WeakSet.Contains(name.Joined) || words.WeakSet.Contains(name.Stem)) return against ? 0.3 : 0.7;
        if (name.Words.Any(w => words.PartSet.Contains(w)) || ContainsAny(name.Joined, words.PartSet)) return against ? 0.1 : 0.55;
        // Names without spaces (Chinese, Japanese, German compounds) are searched for the longer whole words.
        if (ContainsAny(name.Joined, words.NameSet) || ContainsAny(name.Joined, words.StemSet)) return against ? 0.1 : 0.5;
        return 0;
    }

    // A Latin word counts inside a longer one only from five letters on; two signs are a word in Chinese and Japanese.
    static bool ContainsAny(string joined, FrozenSet<string> words)
    {
        foreach (var word in words)
        {
            var least = word[0] >= '\u2E80' ? 2 : 5;
            if (word.Length >= least && word.Length < joined.Length && joined.Contains(word, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    static readonly Dictionary<string, Words> Table = new(StringComparer.Ordinal)
    {
        ["customer_id"] = new(
            "customerid userid clientid buyerid uid customeruniqueid msno householdkey customer clientnumber reviewerid",
            """
            customer cust client user buyer member shopper purchaser consumer subscriber patron account household person profile
            loyaltycard loyalty
            kunde kunden kaufer kaeufer kundin benutzer nutzer anwender mitglied mitglieds auftraggeber besteller
            clienti acheteur utilisateur membre adherent abonne compte
            cliente clientes comprador usuario socio consumidor titular
            utente acquirente compratore
            клиент клиента покупатель покупателя пользователь пользователя юзер заказчик заказчика
            用户 客户 会员 顾客 买家 消费者 使用者 用戶 客戶 會員 顧客 買家
            klant klanten gebruiker koper lid kund kunden anvandare medlem kunde bruger klient klienta klienci uzytkownik uzytkownika
            nabywca zakaznik zakaznika uzivatel kupujici
            musteri kullanici uye alici pelanggan pengguna pembeli khachhang nguoidung 고객 회원 사용자 구매자 유저 العميل عميل المستخدم ग्राहक ลูกค้า
            会員 お客様 ユーザー ユーザ 購入者 利用者 得意先 取引先
            """,
            "email mail emailaddress customeremail useremail phone phonenumber mobile customername username cardnumber card "
                + "reviewer author login 手机号 电话 邮箱 メールアドレス",
            "email mail customer client user buyer member shopper kunde kunden usuario cliente utilisateur acheteur utente клиент "
                + "клиента покупатель покупателя пользователь пользователя 用户 客户 会员 顾客 买家 ユーザー",
            """
            name city state country region age gender segment type group level tier zip postcode postal address phone since status rating
            agent score count country land stadt ort strasse
            pays ville pais ciudad cidade citta paese geschlecht alter страна город возраст пол 姓名 名称 城市 省份 地区 国家 性别 年龄 等级 类型 国 住所 性別 年齢 氏名
            名前 seller vendor merchant
            """),
        ["anonymous_id"] = new(
            "anonymousid anonid visitorid cookieid deviceid clientcookie browserid fullvisitorid userpseudoid distinctid gaid idfa "
                + "idfv cid fingerprint 访客id 设备id 匿名id cookie",
            "visitor anonymous cookie browser visiteur visitante besucher visitatore посетитель посетителя 访客 匿名 游客 訪問者 ビジター"),
        ["time"] = new(
            """
            time timestamp ts date datetime dt eventtime eventdate eventtimestamp orderdate ordertime ordertimestamp orderdatetime ordered
            orderedat orderpurchasetimestamp invoicedate invoicetime invoicedatetime
            purchasedate purchasetime purchasedat purchaseddate transactiondate transactiontime transactiontimestamp transdate transtime
            txndate txntime txntimestamp saledate salesdate saletime
            createdat created createdate creationdate createdtime createtime datecreated occurredat eventat placedat happenedat when
            loggedat unixtime epoch epochtime servertime eventts timestampms timestampmillis
            datum zeit zeitpunkt zeitstempel uhrzeit bestelldatum bestellzeit bestelltam bestellung bestellungam kaufdatum kaufzeit
            rechnungsdatum auftragsdatum belegdatum buchungsdatum verkaufsdatum transaktionsdatum ereigniszeit
            dateheure horodatage datecommande dateachat datefacture datetransaction datevente
            fecha fechahora fechapedido fechacompra fechaventa fechafactura fechatransaccion fechaorden
            data datahora datapedido datacompra datavenda datatransacao datanota
            dataora dataordine dataacquisto datafattura datavendita datatransazione
            дата время датавремя датаивремя датазаказа датапокупки датапродажи датасобытия датаоперации времязаказа времясобытия
            времяпокупки
            时间 日期 时间戳 下单时间 下单日期 订单时间 订单日期 订单创建时间 购买时间 购买日期 交易时间 交易日期 行为时间 事件时间 操作时间 创建时间 消费时间 消费日期 发生时间 成交时间 销售日期 時間 日期時間 下單時間 訂單日期 訂單時間
            datumtijd besteldatum orderdatum bestelddatum tijdstip aankoopdatum orderdatumtid kopdatum tid tidpunkt tidsstampel ordredato
            dato datazamowienia datazakupu czas dataiczas datumobjednavky cas datumnakupu
            tarih siparistarihi zaman islemtarihi satintarihi tanggal tanggalpesanan waktu ngay ngaydat ngaymua thoigian 일시 날짜 주문일 주문일시 구매일
            구매일시 거래일시 시간 التاريخ تاريخ
            日時 日付 注文日 注文日時 注文日付 購入日 購入日時 購買日 購買日時 取引日 取引日時 タイムスタンプ 発生日時 売上日 受注日 受注日時 時刻
            """,
            "",
            "paidat paymentdate paymenttime datepaid reviewdate reviewtime approvedat orderapprovedat updatedat modifiedat heure "
                + "hora ora day 支付时间 付款时间 支払日 datapagamento fechapago zahlungsdatum",
            "date time timestamp datetime datum zeit fecha hora data дата время 时间 日期 日時 日付 horodatage",
            """
            birth birthday dob born delivery delivered deliver shipped shipping ship fulfilled expire expires expiry due return returned
            updated modified update estimated limit registration registered signup first last answer cancelled closed ended end
            cancel process processed refund refunded close join joined arrival arrive dispatched departure valid
            geburt geburtsdatum liefer lieferdatum lieferzeit liefertermin versand versanddatum ablauf fallig registrierung letzte erste
            naissance livraison expedition echeance inscription
            nacimiento entrega envio vencimiento registro nascimento vencimento nascita consegna spedizione scadenza iscrizione
            рождения доставки отгрузки регистрации оплаты
            生日 出生 发货 收货 送达 到货 配送 签收 发送 注册 更新 到期 退款 完成 生年月日 出荷 配達 納品 納期 登録 発送
            """),
        ["kind"] = new(
            """
            event eventtype eventname action actiontype behavior behaviour behaviortype behaviourtype userbehavior activity activitytype
            kind eventkind interaction interactiontype useraction actionname op operationtype transactiontype
            ereignis ereignistyp aktion aktionstyp vorgang verhalten ereignisart
            evenement typeevenement typedevenement typeaction
            evento tipoevento tipodeevento accion tipoaccion comportamiento
            acao tipoacao tipoevento comportamento
            azione tipoazione tipoevento
            событие типсобытия действие типдействия поведение операция
            行为 行为类型 用户行为 操作 操作类型 事件 事件类型 事件名称 动作 行為 行為類型
            gebeurtenis actie handelse zdarzenie akcja udalost olay eylem islemturu kejadian aksi sukien hanhdong 행동 이벤트 행동유형 이벤트유형
            イベント イベント種別 イベントタイプ イベント名 行動 行動種別 アクション 操作種別
            """,
            "", "type typ tipo art вид тип 类型 種別 name status",
                "event action behavior behaviour 行为 事件 操作 行動 イベント событие действие evento accion acao azione ereignis aktion",
                    "time date id value category label"),
        ["message_id"] = new(
            "eventid messageid msgid hitid uuid guid eventuuid idempotencykey insertid 事件id 日志id イベントid idсобытия eventoid idevento "
                + "ereignisid"),
        ["order_id"] = new(
            "orderid invoice invoiceid transactionid txnid transid receiptid basketid checkoutid saleid ticketid purchaseid 流水号 交易号 "
                + "订单 伝票番号 注文番号 受注番号 レシート番号",
            """
            order orders invoice transaction trans txn receipt basket checkout sale ticket purchase bill cart
            bestell bestellung bestellungs auftrag auftrags rechnung rechnungs beleg transaktion transaktions bon kauf warenkorb
            commande facture transaction achat panier recu
            pedido orden factura compra venta transaccion recibo
            fatura notafiscal nota transacao venda
            ordine fattura acquisto transazione scontrino
            заказ заказа чек чека покупка покупки счет транзакция транзакции
            订单 交易 购物篮 小票 发票 单据 訂單 账单 流水
            bestelling factuur bestallning ordrenummer zamowienie zamowienia faktura paragon objednavka objednavky siparis fatura islem
            pesanan transaksi donhang hoadon 주문 거래 영수증
            注文 受注 取引 伝票 レシート 購買 オーダー
            """,
            "", "", "date time line item status type amount total value count quantity time line zeile datum 时间 日期 金额 数量 状态 日 日時 金額 "
                + "数 payment channel source"),
        ["session_id"] = new(
            "sessionid usersession session visitid sid sitzungsid idsession sessionkey 会话id セッションid idсессии idsesion idsessao idsessione",
            "session sessions sitzung sitzungs visit visite sesion sessao sessione сессия сессии визит визита 会话 會話 セッション 访问", "",
                "session", "date time duration length count start end anzahl nummer"),
        ["product_id"] = new(
            "productid itemid sku stockcode asin isbn ean upc gtin articleid movieid songid productsku lineitemsku contentid skuid "
                + "skucode spuid goodsid offerid parentasin materialno plu 商品id 商品 品目",
            """
            product prod item stock article goods good material merchandise movie book track song listing variant spu sku
            artikel produkt ware waren
            article produit reference
            producto articulo
            produto artigo item
            prodotto articolo
            товар товара продукт продукта артикул позиция позиции
            商品 产品 货品 物品 宝贝 單品 产品sku 货号 品
            producten artikelen vara varor produkty towar towaru zbozi urun urunler stok barang produk sanpham mathang 상품 제품 품목 المنتج
            アイテム 製品 品目 品番 JAN jan
            """,
            "artnr skus 货号", "sku",
            "name title description desc category cat type price cost count quantity qty brand url image weight group class line "
                + "status size bezeichnung beschreibung nom nombre nome descripcion description libelle preis kategorie categorie "
                + "categoria название наименование категория цена 名称 名 类别 类目 分类 价格 单价 数量 カテゴリ 価格 単価 数"),
        ["category"] = new(
            """
            category cate cateid categorycode categoryname categoryid productcategory productcategoryname categorypath cat itemcategory
            maincategory department producttype productgroup genre section familia
            kategorie warengruppe produktgruppe produktkategorie artikelgruppe abteilung sparte
            categorie rayon famille categorieproduit
            categoria categoriaproducto rubro departamento
            categoriaproduto departamento
            categoriaprodotto reparto
            категория категориятовара группатоваров раздел
            类目 品类 类别 分类 商品类目 商品类别 商品分类 产品类别 类目id 品类id 商品种类 類別 分類 商品類別
            kategori kategoria kategorie categorie danhmuc loai 카테고리 분류 الفئة
            カテゴリ カテゴリー 商品カテゴリ 商品分類 部門 ジャンル 大分類
            """,
            "category cat kategorie categorie categoria категория категории 类目 品类 カテゴリ カテゴリー", "class subcategory division group 部类",
                "category kategorie categoria categorie категория 类目 类别 カテゴリ", "customer user age"),
        ["brand"] = new(
            "brand brandname brandid manufacturer maker label vendor productbrand marke hersteller marque fabricant marca "
                + "fabricante marchio produttore бренд марка производитель 品牌 品牌id 商标 制造商 ブランド メーカー",
            "brand marke marque marca бренд 品牌 ブランド"),
        ["price"] = new(
            """
            price unitprice priceperunit itemprice productprice saleprice sellingprice unitcost lineitemprice priceeach retailprice
            netprice pricepaid
            preis einzelpreis stuckpreis stueckpreis verkaufspreis artikelpreis nettopreis produktpreis
            prix prixunitaire prixvente prixunite
            precio preciounitario precioventa precioporunidad
            preco precounitario precovenda
            prezzo prezzounitario
            цена ценазаединицу ценатовара стоимостьзаединицу
            单价 价格 售价 商品单价 商品价格 成交价 售卖价格 單價 價格
            prijs stukprijs eenheidsprijs verkoopprijs pris styckpris enhedspris cena cenajednostkowa cenazakus fiyat birimfiyat
            birimfiyati harga hargasatuan gia dongia 가격 단가 판매가 السعر salesprice
            単価 価格 値段 販売価格 商品単価
            """,
            "", "cost rate 价", "price preis prix precio preco prezzo цена 单价 价格 単価 価格",
                "list original compare regular old before total msrp shipping freight range level cost tax"),
        ["amount"] = new(
            """
            amount total totalamount totalprice orderamount ordertotal ordervalue sales revenue value spend spending dollars dollarvalue
            linetotal lineamount extendedprice subtotal grandtotal paymentamount payment paymentvalue amountpaid
            tranamount transactionamount transamount purchaseamount salesamount salesvalue turnover gross net gmv monetary money totalspent
            orderrevenue invoicetotal saleamount totalsales totalvalue totalcost sum charge transactionvalue basketvalue
            betrag gesamtbetrag gesamtpreis summe umsatz gesamtsumme rechnungsbetrag bestellwert zahlbetrag auftragswert gesamt
            montant montanttotal total prixtotal chiffredaffaires ca montantttc montantht valeur
            importe importetotal monto montototal valor ventas totalventa
            valortotal montante faturamento quantia
            importo importototale totale ricavo valore fatturato
            сумма суммазаказа итого стоимость суммапокупки выручка общаясумма оборот
            金额 总金额 总价 订单金额 消费金额 交易金额 支付金额 实付金额 付款金额 成交金额 成交额 销售额 购买金额 实付 應付金額 金額 總金額 总额
            bedrag totaal totaalbedrag omzet belopp totalbelopp summa belob kwota wartosc suma castka celkem tutar toplam toplamtutar
            jumlah totalharga thanhtien tongtien 금액 총액 결제금액 매출 المبلغ
            合計 合計金額 購入金額 売上 売上金額 注文金額 取引金額 小計 支払金額 総額
            """,
            "", "dollar usd eur gbp cny 收入", "amount total revenue betrag umsatz montant importe valor importo сумма 金额 金額 売上",
                "tax shipping discount refund refunded freight fee count number quantity rabatt 运费 优惠 税 rating"),
        ["quantity"] = new(
            """
            quantity qty units unit count pieces pcs amountofitems numberofitems itemcount lineitemquantity orderquantity quantityordered
            numitems nitems numberofcds unitssold itemquantity salesquantity orderqty volume purchasequantity
            menge anzahl stuck stueck stuckzahl stueckzahl bestellmenge
            quantite qte nombre nbarticles nombrearticles
            cantidad unidades cant piezas
            quantidade qtd qtde unidades
            quantita qta pezzi
            количество колво кол штук
            数量 件数 购买数量 商品数量 销售数量 商品件数 购买件数 數量 销量
            aantal stuks antal mangd ilosc liczba sztuk mnozstvi pocet adet miktar kuantitas jumlahbarang soluong 수량 개수 الكمية
            個数 購入数 点数 購入数量 注文数 数
            """,
            "", "", "quantity qty menge quantite cantidad quantidade quantita количество 数量 個数",
                "stock inventory available reviews price total 库存 在庫"),
        ["list_price"] = new(
            """
            listprice originalprice regularprice compareatprice lineitemcompareatprice msrp rrp baseprice fullprice oldprice
            retailpricebeforediscount pricebeforediscount marketprice actualprice
            listenpreis originalpreis uvp normalpreis prixbarre prixoriginal prixcatalogue preciolista preciooriginal preciodelista
            precolista precooriginal prezzodilistino prezzooriginale prezzolistino
            старая ценабезскидки полнаяцена 原价 标价 吊牌价 市场价 原價 定价 定価 通常価格 元値
            """,
            "", "", "", ""),
        ["discount"] = new(
            "discount discountamount discountvalue lineitemdiscount rabatt nachlass rabattbetrag remise montantremise descuento "
                + "importedescuento desconto valordesconto sconto скидка суммаскидки 折扣 折扣金额 优惠金额 优惠 値引 割引額 割引"),
        ["currency"] = new("currency currencycode wahrung waehrung devise monnaie moneda moeda valuta валюта 币种 货币 幣別 通貨",
            "currency wahrung waehrung devise moneda moeda valuta валюта"),
        ["rating"] = new("rating stars score reviewscore star starrating overall ratingvalue bewertung sterne note evaluation "
            + "calificacion valoracion puntuacion avaliacao nota valutazione voto оценка рейтинг 评分 评价星级 星级 评级 評分 評価 評点 "
            + "レーティング", "", "rate grade label mark", "rating stars 评分 評価", "count number id"),
        ["text"] = new(
            """
            text description desc productname producttitle title itemname itemdescription name review reviewtext comment comments message
            query searchquery searchterm keyword content body lineitemname product_description productdescription reviewbody summary
            beschreibung bezeichnung artikelbezeichnung produktname artikelname kommentar suchbegriff titel artikelbeschreibung
            nom libelle nomproduit commentaire titre designation description
            nombre descripcion nombreproducto comentario resena
            nome descricao nomeproduto descricaoproduto
            descrizione nomeprodotto commento recensione
            название наименование товарназвание описание отзыв комментарий наименованиетовара названиетовара
            商品名称 产品名称 商品名 商品标题 评论 评论内容 评价内容 搜索词 关键词 内容 标题 描述 品名 商品名稱 评价
            商品説明 レビュー レビュー本文 コメント 検索語 検索キーワード タイトル 製品名
            """,
            "", "", "description beschreibung descripcion 名称 comment review",
                "customer user client store city category brand id score rating date time count 客户 用户 店 城市 顧客"),
        ["channel"] = new(
            "channel source trafficsource utmsource medium utmmedium saleschannel marketingchannel acquisitionchannel referrer "
                + "campaign platformsource kanal quelle vertriebskanal canal canaldevente canalventa canalvenda fonte canale канал "
                + "источник каналпродаж 渠道 来源 渠道来源 销售渠道 流量来源 チャネル 流入元 経路 販売チャネル 渠道名称",
            "channel kanal canal canale канал 渠道 チャネル", "", "channel 渠道 チャネル", "date time"),
        ["device"] = new(
            "device devicetype platform os useragent devicecategory browser gerat geraet geratetyp plattform endgerat appareil "
                + "plateforme terminal dispositivo plataforma piattaforma устройство платформа типустройства 设备 设备类型 终端 平台 終端 裝置 "
                + "デバイス 端末 端末種別",
            "device gerat geraet dispositivo устройство 设备 デバイス", "", "device", "id uuid hash"),
        ["country"] = new(
            "country countrycode countryname customercountry shippingcountry billingcountry nation geocountry countryregion region "
                + "market land lieferland kundenland pays paysclient pais paiscliente paese nazione страна странаклиента ulke kraj "
                + "zeme negara quocgia 국가 البلد 国家 国家地区 地区 國家 国 国名 国コード 居住国",
            "country land pays pais paese страна 国家",
                "state city province geo location stadt ville ciudad cidade citta город 城市 省份 省 都道府県", "country",
                    "code2 population origin"),
        ["status"] = new(
            "status orderstatus state financialstatus paymentstatus fulfillmentstatus bestellstatus auftragsstatus statut "
                + "statutcommande estado estadopedido situacao stato statoordine статус статусзаказа 订单状态 状态 交易状态 訂單狀態 ステータス 注文ステータス 状態"),
        ["cancelled"] = new(
            "cancelled canceled iscancelled iscanceled returned isreturned isreturn refunded isrefund isrefunded return storniert "
                + "annule cancelado devuelto annullato отменен возврат 是否取消 是否退货 是否退款 キャンセル 返品"),
    };
}
