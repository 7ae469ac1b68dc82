using System.CommandLine;
using Coterie.Privacy;
using Coterie.Server;

namespace Coterie.Cli;

/// <summary>Removes a customer from a workspace.</summary>
internal static class EraseCommand
{
    internal static Command Create()
    {
        var customers = new Argument<string[]>("customers") { Description = "Ids of customers: any id of a person erases the whole person.", Arity = ArgumentArity.OneOrMore };
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var reason = new Option<string?>("--reason") { Description = "For the receipt: which request this answers.", HelpName = "TEXT" };
        var by = new Option<string?>("--by") { Description = "For the receipt: who does it. Default: the user of this system.", HelpName = "NAME" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask; needed where there is no terminal." };
        var lift = new Option<bool>("--lift") { Description = "Erase nothing; take later events of these erased ids again." };
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("erase", "Removes customers from events, log, runs, models' rows and what receivers know, keeps a receipt without their names, and refuses their later events.")
            { customers, workspace, reason, by, yes, lift, lang, json };
        command.SetAction(parsed =>
        {
            var (output, zh) = (parsed.InvocationConfiguration.Output, parsed.GetValue(lang) == "zh");
            var (directory, ids) = (parsed.GetValue(workspace)!, parsed.GetValue(customers)!);
            if (parsed.GetValue(lift))
            {
                var lifted = Erasure.Lift(directory, ids);
                output.WriteLine(zh ? $"{lifted} 个编号的后续事件将重新接收。" : $"Later events of {lifted} ids are taken again.");
                return CommandLine.Done;
            }

            var terminal = !Console.IsInputRedirected && !Console.IsOutputRedirected;
            if (!parsed.GetValue(yes) && !terminal) throw new ConfigurationException("Erasing cannot be undone, and there is no terminal to ask at: add --yes.");
            global::Coterie.Workspace.SettingsOf(directory);
            using var server = ServerFolder.Open(directory);
            // What was collected and not yet loaded may link ids that belong together.
            server?.Load();
            using var opened = global::Coterie.Workspace.Open(directory, new(), create: false);
            if (!parsed.GetValue(yes) && !Agreed(opened, ids, output, zh)) return CommandLine.Failed;
            var receipt = Erasure.Run(opened, new ErasureOptions
            {
                Workspace = directory,
                Customers = ids,
                Reason = parsed.GetValue(reason),
                By = parsed.GetValue(by) ?? Environment.UserName,
                Stores = server is null ? [] : [server.Store],
            });
            if (parsed.GetValue(json)) output.WriteLine(receipt.Text());
            else Show(output, receipt, directory, zh);
            return receipt.Left.Count == 0 ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    static bool Agreed(Workspace workspace, string[] ids, TextWriter output, bool zh)
    {
        var plan = Erasure.Plan(workspace, ids);
        output.WriteLine(zh
            ? $"将从工作区删除 {plan.Customers} 位客户（{plan.Ids} 个编号，{plan.Events:N0} 行事件），无法撤销。输入 yes 继续："
            : $"{plan.Customers} customers with {plan.Ids} ids and {plan.Events:N0} rows of events will be removed from the workspace. This cannot be undone. Type yes to go on:");
        if (Console.ReadLine()?.Trim() == "yes") return true;
        output.WriteLine(zh ? "未作任何更改。" : "Nothing was changed.");
        return false;
    }

    static void Show(TextWriter output, ErasureReceipt receipt, string workspace, bool zh)
    {
        output.WriteLine(zh ? $"已删除 {receipt.Customers} 位客户（{receipt.Ids.Count} 个编号）。" : $"Erased {receipt.Customers} customers with {receipt.Ids.Count} ids.");
        foreach (var place in receipt.Removed)
        {
            var what = (place.Removed, place.Masked) switch
            {
                (> 0, 0) => zh ? $"删除 {place.Removed:N0} 行" : $"{place.Removed:N0} removed",
                (0, _) => zh ? $"替换 {place.Masked:N0} 处" : $"{place.Masked:N0} replaced",
                _ => zh ? $"删除 {place.Removed:N0} 行，替换 {place.Masked:N0} 处" : $"{place.Removed:N0} removed, {place.Masked:N0} replaced",
            };
            output.WriteLine($"  {place.Name}: {what}");
        }

        foreach (var model in receipt.Models) output.WriteLine($"  {model.Model}: {(zh ? model.Zh : model.En)}");
        foreach (var told in receipt.Elsewhere) output.WriteLine(zh ? $"  待通知：{told.Destination}，受众 {told.Audience}" : $"  still to be told: {told.Destination}, audience {told.Audience}");
        foreach (var note in zh ? receipt.NotesZh : receipt.Notes) output.WriteLine(zh ? $"说明：{note}" : $"note: {note}");
        foreach (var left in receipt.Left) output.WriteLine(zh ? $"仍含此人，请手动处理：{left}" : $"STILL NAMES THE PERSON, clean or remove it by hand: {left}");
        var file = Path.Combine(SuppressionList.FolderOf(workspace), receipt.Id + ".json");
        output.WriteLine(zh ? $"再次检查了 {receipt.FilesChecked:N0} 个文件。回执：{file}" : $"{receipt.FilesChecked:N0} files were checked again. Receipt: {file}");
    }
}
