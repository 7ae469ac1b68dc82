using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Coterie.Server.Operations;

/// <summary>How the server's log is written.</summary>
public enum LogFormat
{
    /// <summary>A line a message, for people.</summary>
    Text,
    /// <summary>A JSON object a line, for programs.</summary>
    Json,
}

/// <summary>The server's log on standard output. Messages of exceptions may quote data, so of an exception only its kinds and where it was thrown are written.</summary>
static class ServerLog
{
    public static void AddServerLog(this ILoggingBuilder logging, LogFormat format)
    {
        logging.ClearProviders().SetMinimumLevel(LogLevel.Warning)
            // It warns that session keys are not encrypted at rest: their folder is readable by the server's user only.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // Failures that a caller made are answered; those that are ours are logged by us, once.
            .AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None)
            .AddFilter(Telemetry.Name, LogLevel.Information);
        logging.AddConsole(o => o.FormatterName = format == LogFormat.Json ? Lines.Json : Lines.Text);
        logging.Services.AddSingleton<ConsoleFormatter>(new Lines(LogFormat.Json));
        logging.Services.AddSingleton<ConsoleFormatter>(new Lines(LogFormat.Text));
    }

    /// <summary>Writes one message as one line.</summary>
    internal sealed class Lines(LogFormat format) : ConsoleFormatter(format == LogFormat.Json ? Json : Text)
    {
        public const string Json = "coterie-json", Text = "coterie-text";
        const int MostFrames = 12;

        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            var message = logEntry.Formatter(logEntry.State, null);
            if (format == LogFormat.Json) textWriter.WriteLine(Object(logEntry, message));
            else textWriter.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {Level(logEntry.LogLevel)} {message}{(logEntry.Exception is { } e ? $" [{Kinds(e)}{string.Concat(Frames(e).Select(f => " < " + f))}]" : "")}").ReplaceLineEndings(" "));
        }

        static string Object<TState>(in LogEntry<TState> entry, string message)
        {
            var buffer = new ArrayBufferWriter<byte>(512);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("time", DateTime.UtcNow);
                json.WriteString("level", Level(entry.LogLevel));
                json.WriteString("category", entry.Category);
                json.WriteString("message", message);
                if (Activity.Current is { } activity) json.WriteString("trace_id", activity.TraceId.ToString());
                if (entry.State is IEnumerable<KeyValuePair<string, object?>> values)
                {
                    json.WriteStartObject("values");
                    var used = new HashSet<string>(StringComparer.Ordinal);
                    foreach (var (name, value) in values.Where(v => v.Key != "{OriginalFormat}" && used.Add(v.Key))) json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    json.WriteEndObject();
                }

                if (entry.Exception is { } e)
                {
                    json.WriteString("exception", Kinds(e));
                    json.WriteStartArray("at");
                    foreach (var frame in Frames(e)) json.WriteStringValue(frame);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }

        static string Kinds(Exception e)
        {
            var kinds = new List<string>();
            for (var inner = e; inner is not null; inner = inner.InnerException) kinds.Add(inner.GetType().FullName!);
            return string.Join(" < ", kinds);
        }

        // From where it began.
        static IEnumerable<string> Frames(Exception e)
        {
            while (e.InnerException is { } inner) e = inner;
            return new StackTrace(e, fNeedFileInfo: false).GetFrames().Select(f => DiagnosticMethodInfo.Create(f)).Where(m => m is not null).Take(MostFrames).Select(m => $"{m!.DeclaringTypeName}.{m.Name}");
        }

        static string Level(LogLevel level) => level switch
        {
            LogLevel.Critical => "critical",
            LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            LogLevel.Information => "information",
            _ => "debug",
        };
    }
}
