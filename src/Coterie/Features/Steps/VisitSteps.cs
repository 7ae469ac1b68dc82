using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Steps from events to visits: the sender's sessions, else runs of events without a pause of more than thirty minutes.</summary>
/// <remarks>Sorting every event by customer and time is what makes sessions dear. Two events in one half hour of the clock are never
/// more than thirty minutes apart, so events are first counted by half hour (one hash aggregate), and only these counts are sorted.
/// The result is exact, in whole seconds.</remarks>
static class VisitSteps
{
    /// <summary>A pause longer than this ends a visit (seconds); the industry's convention of thirty minutes.</summary>
    const int Pause = 1800;

    // What the shop does to the customer, or the mail programme does, is no visit.
    static readonly string NoVisit = $"({(int)SeenKind.Refund}, {(int)SeenKind.EmailOpen}, {(int)SeenKind.Message})";

    // How far a visit came: 0 browsing, 1 cart, 2 purchase.
    static readonly string Stage = $"""
        max(CASE WHEN "kind" = {(int)SeenKind.Purchase} THEN 2
                 WHEN "kind" IN ({(int)SeenKind.AddToCart}, {(int)SeenKind.Checkout}) THEN 1 ELSE 0 END)
        """;

    /// <summary>features_visit_part: events by customer and half hour of the clock.</summary>
    public static Step Parts(FeatureScope s) => s.Table("count events by half hour", "features_visit_part", $"""
        SELECT "customer_no", {s.Dialect.Quotient("\"second\"", $"{Pause}")} AS "half_hour",
               min("second") AS "opened", max("second") AS "closed", count(*) AS "events", {Stage} AS "stage"
        FROM "features_seen"
        WHERE "kind" NOT IN {NoVisit}{(s.Has("session_id") ? """ AND "session_id" IS NULL""" : "")}
        GROUP BY "customer_no", {s.Dialect.Quotient("\"second\"", $"{Pause}")}
        """);

    /// <summary>features_visit_marked: parts, whether a visit opens or closes with them, and 1 where a part is the first of its day (a half
    /// hour never straddles midnight).</summary>
    public static Step Marked(FeatureScope s) => s.Table("mark where visits open and close", "features_visit_marked", $"""
        SELECT "customer_no", "half_hour", "opened", "closed", "events", "stage",
               CASE WHEN "before" IS NULL OR "opened" - "before" > {Pause} THEN 1 ELSE 0 END AS "opens",
               CASE WHEN "after" IS NULL OR "after" - "closed" > {Pause} THEN 1 ELSE 0 END AS "closes",
               CASE WHEN "before" IS NULL OR {s.Dialect.Quotient("\"before\"", "86400")} <> {s.Dialect.Quotient("\"opened\"", "86400")}
                    THEN 1 ELSE 0 END AS "new_days"
        FROM (
            SELECT "customer_no", "half_hour", "opened", "closed", "events", "stage",
                   lag("closed") OVER "by_time" AS "before", lead("opened") OVER "by_time" AS "after"
            FROM "features_visit_part"
            WINDOW "by_time" AS (PARTITION BY "customer_no" ORDER BY "half_hour")
        ) AS "neighbours"
        """);

    /// <summary>features_visit: customer_no, opened, closed, events, stage, new_days; one row a visit. A visit within one half hour is complete as it
    /// is; only the others are numbered and joined.</summary>
    public static Step Visits(FeatureScope s) => s.Table("join parts to visits", "features_visit", $"""
        SELECT "customer_no", "opened", "closed", "events", "stage", "new_days"
        FROM "features_visit_marked" WHERE "opens" = 1 AND "closes" = 1
        UNION ALL
        SELECT "customer_no", min("opened"), max("closed"), {FeatureSql.Sum("\"events\"")}, max("stage"), {FeatureSql.Sum("\"new_days\"")}
        FROM (
            SELECT "customer_no", "opened", "closed", "events", "stage", "new_days",
                   sum("opens") OVER (PARTITION BY "customer_no" ORDER BY "half_hour" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                   AS "visit"
            FROM "features_visit_marked" WHERE NOT ("opens" = 1 AND "closes" = 1)
        ) AS "numbered"
        GROUP BY "customer_no", "visit"
        {(s.Has("session_id") ? SentSessions : "")}
        """);

    static readonly string SentSessions = $"""
        UNION ALL
        SELECT "customer_no", min("second"), max("second"), count(*), {Stage}, 0
        FROM "features_seen" WHERE "session_id" IS NOT NULL AND "kind" NOT IN {NoVisit}
        GROUP BY "customer_no", "session_id"
        """;

    /// <summary>features_visits: sums over a customer's visits.</summary>
    public static Step Sums(FeatureScope s)
    {
        var counts = new List<string>();
        void Count(string name, string condition) => counts.Add($"{s.Dialect.CountIf(condition)} AS \"{name}\"");
        Count("single", "\"events\" = 1");
        Count("carts", "\"stage\" >= 1");
        Count("abandoned", "\"stage\" = 1");
        Count("purchases", "\"stage\" = 2");
        Count("last_30", $"\"opened\" > $now - {30 * 86400}");
        Count("last_90", $"\"opened\" > $now - {90 * 86400}");
        for (var day = 1; day <= 7; day++) Count($"weekday_{day}", $"\"weekday\" = {day}");
        if (s.Request.HasTimeOfDay)
        {
            Count("night", "\"hour\" >= 22 OR \"hour\" < 6");
            Count("morning", "\"hour\" >= 6 AND \"hour\" < 12");
            Count("evening", "\"hour\" >= 18 AND \"hour\" < 22");
            Count("business", "\"hour\" >= 9 AND \"hour\" < 17 AND \"weekday\" <= 5");
            for (var band = 0; band < 6; band++) Count($"band_{band}", $"\"hour\" >= {4 * band} AND \"hour\" < {4 * band + 4}");
        }

        if (s.Seasons)
            for (var month = 1; month <= 12; month++) Count($"month_{month}", $"\"month\" = {month}");
        var opened = s.Dialect.FromEpochSeconds("\"opened\"");
        return s.Table("sum up visits", "features_visits", $"""
            SELECT "customer_no", count(*) AS "visits", {FeatureSql.Sum("\"events\"")} AS "events", max("events") AS "most_events",
                   {FeatureSql.Sum("\"closed\" - \"opened\"")} AS "seconds", {FeatureSql.Sum("$now - \"opened\"")} AS "ages",
                   min("opened") AS "opened_first", max("opened") AS "opened_last", max("closed") AS "last",
                   {FeatureSql.Sum("\"new_days\"")} AS "new_days",
                   {string.Join(",\n       ", counts)}
            FROM (
                SELECT "customer_no", "opened", "closed", "events", "stage", "new_days",
                       {s.Dialect.Weekday(opened)} AS "weekday", {s.Dialect.Hour(opened)} AS "hour", {s.Dialect.Month(opened)} AS "month"
                FROM "features_visit"
            ) AS "visit"
            GROUP BY "customer_no"
            """);
    }

    /// <summary>features_days: days on which a customer was there. Runs of events know them; sent sessions overlap, so there the events
    /// are asked.</summary>
    public static Step Days(FeatureScope s) => s.Table("count active days", "features_days", s.Has("session_id")
        ? $"""
            SELECT "customer_no", count(*) AS "active"
            FROM (SELECT DISTINCT "customer_no", {s.Dialect.Quotient("\"second\"", "86400")} AS "day"
                  FROM "features_seen" WHERE "kind" NOT IN {NoVisit}) AS "days"
            GROUP BY "customer_no"
            """
        : """SELECT "customer_no", "new_days" AS "active" FROM "features_visits" """);
}
