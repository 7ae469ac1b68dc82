using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Coterie.Server.Data;

/// <summary>The server's own database: people, keys, sources, jobs, settings, audit. Events and segments are never in it.</summary>
public sealed class ServerDb(DbContextOptions<ServerDb> options) : DbContext(options)
{
    public DbSet<PersonRow> People => Set<PersonRow>();
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();
    public DbSet<SourceRow> Sources => Set<SourceRow>();
    public DbSet<AuditRow> Audit => Set<AuditRow>();
    public DbSet<JobRow> Jobs => Set<JobRow>();
    public DbSet<ScheduleRow> Schedules => Set<ScheduleRow>();
    public DbSet<DriftRow> Drift => Set<DriftRow>();
    public DbSet<SettingRow> Settings => Set<SettingRow>();
    public DbSet<DestinationRow> Destinations => Set<DestinationRow>();
    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();
    public DbSet<InboxMarkRow> InboxMarks => Set<InboxMarkRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var model = modelBuilder;
        model.Entity<PersonRow>(t => { t.ToTable("people"); t.HasIndex(p => p.Email).IsUnique(); t.HasIndex(p => p.OpenId).IsUnique(); });
        model.Entity<ApiKeyRow>(t => { t.ToTable("api_keys"); t.HasKey(k => k.Id); });
        model.Entity<SourceRow>(t => { t.ToTable("sources"); t.HasKey(s => s.Id); t.HasIndex(s => s.Name).IsUnique(); });
        model.Entity<AuditRow>(t => { t.ToTable("audit"); t.HasIndex(a => a.Time); t.HasIndex(a => a.Subject); });
        model.Entity<JobRow>(t => { t.ToTable("jobs"); t.HasIndex(j => j.State); t.Property(j => j.State).HasConversion<string>(); });
        model.Entity<ScheduleRow>(t => t.ToTable("schedules"));
        model.Entity<DriftRow>(t => { t.ToTable("drift"); t.HasIndex(d => d.Run); });
        model.Entity<SettingRow>(t => { t.ToTable("settings"); t.HasKey(s => s.Key); });
        model.Entity<DestinationRow>(t => { t.ToTable("destinations"); t.HasIndex(d => d.Name).IsUnique(); });
        model.Entity<IdempotencyRow>(t => { t.ToTable("idempotency"); t.HasKey(i => i.Id); t.HasIndex(i => i.Created); });
        model.Entity<InboxMarkRow>(t => { t.ToTable("inbox_marks"); t.HasKey(m => m.Id); t.Property(m => m.State).HasConversion<string>(); });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        // Times are UTC; SQLite forgets which kind they were, and PostgreSQL refuses any other.
        configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    sealed class Utc() : ValueConverter<DateTime, DateTime>(v => v.ToUniversalTime(), v => DateTime.SpecifyKind(v, DateTimeKind.Utc));
}
