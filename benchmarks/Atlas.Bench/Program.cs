using System.Diagnostics;
using System.Runtime.InteropServices;
using Atlas.Bench;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;
using Atlas.Bench.Reports;
using Atlas.Bench.Scenarios;

const int Failed = 1;
const int Interrupted = 130;

using var stop = new CancellationTokenSource();
void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    Options options = Options.Parse(args);
    if (options.List)
    {
        PrintList();
        return 0;
    }

    await RunAsync(options, stop.Token);
    return 0;
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync("bench: " + e.Message);
    return Failed;
}
catch (OperationCanceledException)
{
    return Interrupted;
}

static void PrintList()
{
    foreach (Scenario scenario in AllScenarios.List)
    {
        Console.WriteLine($"{scenario.Name,-14} {scenario.Description}");
    }

    Console.WriteLine($"\npeers: {string.Join(", ", AllPeers.List.Select(peer => peer.Name))}\n\n{Options.Usage}");
}

static async Task RunAsync(Options options, CancellationToken cancel)
{
    if (Machine.Cores < 2)
    {
        throw new BenchException("two cores are needed: one for the proxy, one for clients and origins");
    }

    var all = new List<Results>();
    var watch = Stopwatch.StartNew();
    await using (Session session = await Session.StartAsync(options, cancel))
    {
        foreach (Scenario scenario in options.Scenarios)
        {
            await Console.Error.WriteLineAsync($"{watch.Elapsed:mm\\:ss} {scenario.Name}…");
            Results results = await scenario.RunAsync(session);
            all.Add(results);
            Console.WriteLine(Tables.Of(results));
        }
    }

    Console.WriteLine(Tables.Summary(all));
    if (options.Write)
    {
        Page.Write(options, all);
        await Console.Error.WriteLineAsync($"{watch.Elapsed:mm\\:ss} written to {Page.Path}");
    }
}
