using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Customers;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Server.Pages.Customers;
using Coterie.Server.Pages.Quality;
using Coterie.Server.Pages.Review;
using Coterie.Server.Pages.Settings;
using Coterie.Server.Sending;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server;

/// <summary>What the pages of daily work need: settings, data quality, customers.</summary>
static class Work
{
    public static void AddWork(this IServiceCollection services, string folder)
    {
        services.AddSingleton<OneShot>();
        services.AddSingleton<SourceActivity>();
        services.AddSingleton(s => new Inbox(s.GetRequiredService<Collecting>(), s.GetRequiredService<ServerData>()));
        services.AddSingleton(s => new Destinations(s.GetRequiredService<ServerData>(), s.GetRequiredService<IDataProtectionProvider>(), s.GetRequiredService<WorkspaceHost>()));
        services.AddSingleton(SyncJob.Of);
        services.AddSingleton<ReviewDesk>();
        services.AddSingleton<StoreQuality>();
        services.AddSingleton(s => new Uploads(Path.Combine(folder, "uploads"), s.GetRequiredService<WorkspaceHost>()));
        services.AddSingleton(s => IngestJob.Of(s.GetRequiredService<Uploads>(), s.GetRequiredService<WorkspaceHost>()));
        services.AddSingleton(PrivacyJobs.EraseJob);
        services.AddSingleton(PrivacyJobs.RetainJob);
        services.AddSingleton<OpenedRuns>();
        services.AddSingleton<CustomerStore>();
        services.AddSingleton<EventWeights>();
        services.AddSingleton<DecisionTables>();
        services.AddSingleton<DecisionLookup>();
    }

    public static void MapWork(this RouteGroupBuilder forms)
    {
        forms.MapSettings();
        forms.MapQuality();
        forms.MapCustomers();
        forms.MapReview();
    }
}
