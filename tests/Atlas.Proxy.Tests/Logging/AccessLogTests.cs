using System.Text;
using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Tests.Logging;

public sealed class AccessLogTests : IDisposable
{
    private const int RingBytes = 1 << 18;
    private const int LongMs = 30_000;

    private readonly CollectingDestination _destination = new();
    private readonly List<string> _notices = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-access-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Write_ThreeWorkersAndASlowDestination_TearsNoLineAndLosesOnlyWhatItCounts()
    {
        const int perWorker = 20_000;
        _destination.MaxBytes = 1_000;
        AccessLog log = Log(workers: 3);
        AccessLogWriter[] writers = [.. Enumerable.Range(0, 3).Select(i => log.Writer(i, AccessLogFormat.Json))];

        Parallel.For(0, writers.Length, worker =>
        {
            for (int i = 0; i < perWorker; i++)
            {
                writers[worker].Write(new AccessRecord
                {
                    UnixMs = Records.UnixMs + i,
                    Listener = Encoding.ASCII.GetBytes(worker.ToString()),
                    Attempts = i,
                    Path = "/pppppppppppppppppppppppppppppppppppp"u8[..(1 + (i % 30))],
                });
            }
        });

        log.Stop(LongMs).ShouldBeTrue();
        string[] lines = _destination.Lines;
        (lines.Length + log.Dropped).ShouldBe(3 * perWorker);
        log.Written.ShouldBe(lines.Length);
        int[] last = [-1, -1, -1];
        foreach (string line in lines)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            int worker = int.Parse(json.RootElement.GetProperty("listener").GetString()!);
            int number = json.RootElement.GetProperty("attempts").GetInt32();
            number.ShouldBeGreaterThan(last[worker]);
            last[worker] = number;
        }
    }

    [Fact]
    public void Write_DestinationStandsStill_DropsExactlyWhatDoesNotFitAndSaysSo()
    {
        _destination.Hold();
        AccessLog log = Log(workers: 1);
        AccessLogWriter writer = log.Writer(0, AccessLogFormat.Combined);
        int written = 0;
        while (writer.Dropped < 7)
        {
            writer.Write(Records.Typical());
            written++;
        }

        _destination.Release();
        log.Stop(LongMs).ShouldBeTrue();

        _destination.Lines.Length.ShouldBe(written - 7);
        log.Dropped.ShouldBe(7);
        _notices.ShouldBe(["access log test: 7 records dropped"]);
    }

    [Fact]
    public void Write_AfterALongSilence_WakesTheLog()
    {
        AccessLog log = Log(workers: 1);
        AccessLogWriter writer = log.Writer(0, AccessLogFormat.Json);
        for (int i = 0; i < 5; i++)
        {
            SpinWait.SpinUntil(() => log.IsAsleep, LongMs).ShouldBeTrue();
            writer.Write(Records.Typical());
            _destination.AwaitAttempt();
        }

        log.Stop(LongMs).ShouldBeTrue();
        _destination.Lines.Length.ShouldBe(5);
    }

    [Fact]
    public void Write_NoSpaceAmidALine_TheLineIsFinishedLater()
    {
        _destination.SpaceBytes = 10;
        AccessLog log = Log(workers: 2);
        log.Writer(0, AccessLogFormat.Json).Write(Records.Typical());
        SpinWait.SpinUntil(() => log.FailedWrites >= 2, LongMs).ShouldBeTrue();
        log.Writer(1, AccessLogFormat.Json).Write(Records.Typical());
        _destination.SpaceBytes = int.MaxValue;

        log.Stop(LongMs).ShouldBeTrue();

        _destination.Lines.Length.ShouldBe(2);
        Array.ForEach(_destination.Lines, line => JsonDocument.Parse(line).Dispose());
        _notices.Count(notice => notice.Contains("cannot write")).ShouldBe(1);
    }

    [Fact]
    public void Stop_DestinationStaysFull_GivesUpAtTheDeadline()
    {
        _destination.SpaceBytes = 0;
        AccessLog log = Log(workers: 1);
        log.Writer(0, AccessLogFormat.Json).Write(Records.Typical());

        log.Stop(50).ShouldBeFalse();
    }

    [Fact]
    public void Reopen_AmidALine_NewFileBeginsWithALine()
    {
        _destination.SpaceBytes = 10;
        AccessLog log = Log(workers: 1);
        AccessLogWriter writer = log.Writer(0, AccessLogFormat.Json);
        writer.Write(Records.Typical());
        SpinWait.SpinUntil(() => log.FailedWrites >= 1, LongMs).ShouldBeTrue();

        log.Reopen();
        SpinWait.SpinUntil(() => _destination.Reopened.Count == 1, LongMs).ShouldBeTrue();
        _destination.SpaceBytes = int.MaxValue;
        writer.Write(Records.Typical());
        log.Stop(LongMs).ShouldBeTrue();

        _destination.Reopened[0].Length.ShouldBe(10);
        JsonDocument.Parse(_destination.Lines.ShouldHaveSingleItem()).Dispose();
        log.Dropped.ShouldBe(1);
    }

    [Fact]
    public void Write_SteadyState_AllocatesNothing()
    {
        AccessLog log = Log(workers: 1);
        AccessLogWriter json = log.Writer(0, AccessLogFormat.Json);
        AccessLogWriter combined = log.Writer(0, AccessLogFormat.Combined);

        Allocations.Of(WriteBoth).ShouldBe(0);
        log.Stop(LongMs);

        void WriteBoth()
        {
            for (int i = 0; i < 100; i++)
            {
                AccessRecord record = Records.Typical();
                json.Write(record);
                combined.Write(Records.Filled("\u0001é\""u8, "/"u8));
                json.Write(new AccessRecord { UnixMs = 1000 * i });
            }
        }
    }

    [Fact]
    public void Reopen_FileWasMoved_WritesToANewFileOfThatName()
    {
        string path = Path.Combine(_directory.FullName, "access.log");
        var logs = new AccessLogs(1, _ => { });
        var config = new AccessLogConfig { Target = AccessLogTarget.File, FilePath = path };
        AccessLog log = logs.Open(config);
        logs.Open(config with { Format = AccessLogFormat.Combined }).ShouldBeSameAs(log);
        AccessLogWriter writer = log.Writer(0, AccessLogFormat.Combined);
        writer.Write(Records.Typical());
        SpinWait.SpinUntil(() => new FileInfo(path).Length > 0, LongMs).ShouldBeTrue();

        File.Move(path, path + ".1");
        logs.Reopen();
        SpinWait.SpinUntil(() => File.Exists(path), LongMs).ShouldBeTrue();
        writer.Write(Records.Typical());
        logs.Stop(LongMs).ShouldBeTrue();

        File.ReadAllLines(path + ".1").Length.ShouldBe(1);
        File.ReadAllLines(path).Length.ShouldBe(1);
        (log.Written, log.Dropped, log.FailedWrites).ShouldBe((2, 0, 0));
    }

    [Fact]
    public async Task CloseAsync_OneLog_WritesItsLinesAndKeepsTheCounts()
    {
        string path = Path.Combine(_directory.FullName, "access.log");
        var logs = new AccessLogs(1, _ => { });
        var config = new AccessLogConfig { Target = AccessLogTarget.File, FilePath = path };
        AccessLog first = logs.Open(config);
        first.Writer(0, AccessLogFormat.Combined).Write(Records.Typical());

        Task<bool> closed = logs.CloseAsync(first, LongMs);
        AccessLog second = logs.Open(config);
        second.ShouldNotBeSameAs(first);
        (await closed).ShouldBeTrue();
        second.Writer(0, AccessLogFormat.Combined).Write(Records.Typical());

        logs.Written.ShouldBe(2);
        logs.Stop(LongMs).ShouldBeTrue();
        File.ReadAllLines(path).Length.ShouldBe(2);
    }

    [Fact]
    public void Open_NoSuchDirectory_SaysWhy()
    {
        string path = Path.Combine(_directory.FullName, "none", "access.log");
        var logs = new AccessLogs(1, _ => { });

        Should.Throw<IOException>(() => logs.Open(new AccessLogConfig { Target = AccessLogTarget.File, FilePath = path }))
            .Message.ShouldBe($"cannot open the access log {path}: No such file or directory");
    }

    private AccessLog Log(int workers) => new(_destination, "test", workers, RingBytes, _notices.Add);
}
