using Atlas.Admin.Client;
using Atlas.Admin.Reports;
using Atlas.Commands;

namespace Atlas.Operating;

/// <summary>Which running Atlas a command speaks to.</summary>
/// <param name="Address">Where its admin server answers.</param>
/// <param name="TokenFile">The file of its token; null: it has none.</param>
internal sealed record Instance(AdminAddress Address, string? TokenFile)
{
    /// <summary>Runs what a command does, and says on standard error what goes wrong.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(Func<AdminClient, Task<int>> act)
    {
        string? token = null;
        if (TokenFile is not null)
        {
            try
            {
                token = (await File.ReadAllTextAsync(TokenFile)).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"--token-file: {e.Message}");
                return ExitCodes.WrongInput;
            }

            if (token.Length == 0 || token.Any(character => char.IsControl(character) || character > '~'))
            {
                await Console.Error.WriteLineAsync($"--token-file: {TokenFile} holds no token: one line of printable ASCII is needed");
                return ExitCodes.WrongInput;
            }
        }

        using var client = new AdminClient(Address, token);
        try
        {
            return await act(client);
        }
        catch (AdminRefusedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e.IsWrongInput ? ExitCodes.WrongInput : ExitCodes.Refused;
        }
    }

    /// <summary>Says on standard error what the operator should know of an order that was carried out.</summary>
    internal static void Warn(ServerReport report)
    {
        if (report.Warning is string warning)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }
    }
}
