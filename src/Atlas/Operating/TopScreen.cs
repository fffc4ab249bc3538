using Atlas.Admin.Client;
using Atlas.Running;

namespace Atlas.Operating;

/// <summary>A status that a terminal shows until <c>q</c> or Ctrl-C, over and over. Plain ANSI sequences (ECMA-48, and xterm's
/// for its second screen), so that any terminal will do.</summary>
internal sealed class TopScreen(AdminClient client)
{
    private const int RefreshMs = 1_000;
    private const int KeyMs = 50;

    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string EndOfLine = "\e[K";
    private const string EndOfScreen = "\e[J";

    /// <summary>Shows it. If the instance stops to answer, says so and tries on.</summary>
    /// <exception cref="AdminRefusedException">It does not answer at first.</exception>
    internal async Task RunAsync()
    {
        using var signals = new ProcessSignals();
        using var ended = new CancellationTokenSource();
        IReadOnlyList<string> lines = await AskAsync(ended.Token);
        Task stop = signals.StopAsync(ended.Token);
        Console.Write(Enter);
        try
        {
            while (true)
            {
                Draw(lines);
                if (await AskedToEndAsync(stop))
                {
                    return;
                }

                lines = await TryAskAsync(lines, ended.Token);
            }
        }
        finally
        {
            Console.Write(Leave);
            await ended.CancelAsync();
        }
    }

    private static void Draw(IReadOnlyList<string> lines)
    {
        int height = Math.Max(Terminal.Height - 2, 1);
        IEnumerable<string> shown = lines.Take(height);
        string more = lines.Count > height ? $"{lines.Count - height} more lines; " : "";
        Console.Write(
            Home + string.Concat(shown.Select(line => line + EndOfLine + "\r\n")) + EndOfLine + $"\r\n{more}q ends" + EndOfLine + EndOfScreen);
    }

    /// <summary>Waits until the next look is due.</summary>
    /// <returns>Whether the user has seen enough.</returns>
    private static async Task<bool> AskedToEndAsync(Task stop)
    {
        for (int waitedMs = 0; waitedMs < RefreshMs; waitedMs += KeyMs)
        {
            while (!Console.IsInputRedirected && Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
                {
                    return true;
                }
            }

            if (await Task.WhenAny(stop, Task.Delay(KeyMs)) == stop)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<IReadOnlyList<string>> AskAsync(CancellationToken ended) =>
        [.. StatusText.Lines(await client.StatusAsync(ended), Terminal.Width)];

    private async Task<IReadOnlyList<string>> TryAskAsync(IReadOnlyList<string> before, CancellationToken ended)
    {
        try
        {
            return await AskAsync(ended);
        }
        catch (AdminRefusedException e)
        {
            // The last that was seen is still worth seeing.
            string message = e.Message.Length <= Terminal.Width ? e.Message : e.Message[..Terminal.Width];
            return [message, .. before.Skip(before[0] == message ? 1 : 0)];
        }
    }
}
