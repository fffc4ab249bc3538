using System.Diagnostics;
using System.Text;

namespace Atlas.Engine.Tests.Tls;

/// <summary>The openssl program as a peer, and a directory for its files. Ends with the test.</summary>
public sealed class OpenSslProgram : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-");
    private readonly List<Process> _processes = [];
    private readonly StringBuilder _output = new();

    /// <summary>All that it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Writes a file that it can read.</summary>
    public string Write(string name, byte[] bytes)
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Runs it to its end.</summary>
    /// <returns>All that it printed.</returns>
    public string Run(string input, params string[] arguments)
    {
        Process process = Start(arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return End(process);
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>All that it printed.</returns>
    public string End(Process process)
    {
        Eventually.So(() => process.HasExited);

        // What it printed last may still be on its way.
        process.WaitForExit();
        return Output;
    }

    /// <summary>Starts it; <see cref="Output"/> tells what it prints.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start().ShouldBeTrue();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.WaitForExit(Limit);
            process.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.Append(line).Append('\n');
        }
    }
}
