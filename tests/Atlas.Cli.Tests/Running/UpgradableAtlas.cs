using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>An <c>atlas run</c> whose program is a link that a test can lead elsewhere, and the processes that take its place. All of
/// them write to the first one's standard error, and are killed with the test.</summary>
public sealed class UpgradableAtlas : IAsyncDisposable
{
    private readonly RunningProgram _first;
    private readonly string _link;
    private readonly NetworkNamespace? _node;
    private readonly List<int> _pids;

    private UpgradableAtlas(RunningProgram first, NetworkNamespace? node, string link, string admin)
    {
        _first = first;
        _node = node;
        _link = link;
        Admin = admin;
        _pids = [first.Id];
    }

    /// <summary>The first process, and what all of them write.</summary>
    public RunningProgram Program => _first;

    /// <summary>Where the admin server answers: an address and a port.</summary>
    public string Admin { get; }

    /// <summary>The process that serves.</summary>
    public int Pid => _pids[^1];

    public static async Task<UpgradableAtlas> StartAsync(ConfigFile config, params (string Name, string Value)[] variables)
    {
        string link = config.Sibling("atlas");
        File.CreateSymbolicLink(link, Checkout.Program);
        var start = new ProcessStartInfo(link);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return await ReadyAsync(RunningProgram.Start(start, "run", "-c", config.Path), null, link);
    }

    /// <summary>Starts one on a node of a network.</summary>
    public static Task<UpgradableAtlas> StartAsync(ConfigFile config, NetworkNamespace node)
    {
        string link = config.Sibling("atlas");
        File.CreateSymbolicLink(link, Checkout.Program);
        return ReadyAsync(node.Start(link, "run", "-c", config.Path), node, link);
    }

    /// <summary>The address of a listener.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="spoken">What it speaks.</param>
    public Task<string> AddressAsync(string name, string spoken) => _first.ErrorAsync($"listener {name}: {spoken} on ");

    /// <summary>Has what is at the program's path be another program.</summary>
    /// <param name="script">A script of the shell; null: nothing is there.</param>
    /// <param name="isExecutable">Whether it may be run.</param>
    public async Task ReplaceAsync(string? script, bool isExecutable = true)
    {
        File.Delete(_link);
        if (script is not null)
        {
            await File.WriteAllTextAsync(_link, "#!/bin/sh\n" + script);
            await Tool.RunAsync("chmod", isExecutable ? "500" : "400", _link);
        }
    }

    /// <summary>Has the program be at its path again.</summary>
    public void Restore()
    {
        File.Delete(_link);
        File.CreateSymbolicLink(_link, Checkout.Program);
    }

    /// <summary>Runs <c>atlas upgrade</c>, which must succeed.</summary>
    public async Task UpgradeAsync()
    {
        int before = Pid;
        ToolResult result = await TryUpgradeAsync();
        result.ExitCode.ShouldBe(0, result.Errors + _first.Errors);
        result.Output.ShouldMatch($@"\Aprocess \d+ \(atlas \S+\) serves\nprocess {before} \(atlas \S+\) drains: \d+ connections? left\n\z");
        Pid.ShouldNotBe(before);
    }

    /// <summary>Runs <c>atlas upgrade</c> to whatever end it comes to.</summary>
    public async Task<ToolResult> TryUpgradeAsync(params string[] words)
    {
        ToolResult result = _node is null
            ? await Tool.EndAsync(Checkout.Program, ["upgrade", "--admin", Admin, .. words])
            : await Tool.EndAsync("ip", ["netns", "exec", _node.Name, Checkout.Program, "upgrade", "--admin", Admin, .. words]);
        if (Array.Find(result.Output.Split('\n'), line => line.EndsWith(" serves", StringComparison.Ordinal)) is { } serves)
        {
            _pids.Add(int.Parse(serves.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        return result;
    }

    /// <summary>The answer of the admin API to a path.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var http = new HttpClient();
        using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync($"http://{Admin}{path}"));
        return document.RootElement.Clone();
    }

    /// <summary>Asks for an upgrade at the admin API.</summary>
    /// <returns>The status and the answer.</returns>
    public async Task<(int Status, string Answer)> PostAsync()
    {
        using var http = new HttpClient { Timeout = RunningProgram.Limit };
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync($"http://{Admin}/api/v1/upgrade", body);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a signal to the process that serves.</summary>
    public Task SignalAsync(string name) =>
        Tool.RunAsync("sh", "-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {Pid}"));

    /// <summary>Stops what serves, and waits for the end of all.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");

        // Its streams end with the last process that has them.
        (await _first.EndAsync()).ShouldBe(0, _first.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int pid in _pids.Skip(1))
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // It has ended.
            }
        }

        await _first.DisposeAsync();
    }

    private static async Task<UpgradableAtlas> ReadyAsync(RunningProgram first, NetworkNamespace? node, string link)
    {
        string admin = await first.ErrorAsync("admin: http://");
        await first.ErrorAsync("ready");
        return new UpgradableAtlas(first, node, link, admin);
    }
}
