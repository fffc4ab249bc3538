using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.UserSessions;
using CsCheck;

namespace Atlas.Proxy.Tests.Metrics;

public sealed class ProxyMetricsTests
{
    [Fact]
    public void RequestEnded_TwoWorkers_ReadingSumsThem()
    {
        ListenerMetrics web = new ProxyMetrics(2).Listener("web");

        web.ForWorker(0).ConnectionOpened();
        web.ForWorker(1).ConnectionOpened();
        web.ForWorker(1).ConnectionClosed();
        web.ForWorker(0).RequestEnded(200, ProxyError.None, 900, 10, 20);
        web.ForWorker(1).RequestEnded(502, ProxyError.UpstreamReset, 1_100, 1, 2);
        web.ForWorker(1).RequestEnded(0, ProxyError.ClientSlow, -5, 0, 0);

        web.Requests.ShouldBe(3);
        web.Accepted.ShouldBe(2);
        web.Open.ShouldBe(1);
        web.Statuses(StatusClass.Of(502)).ShouldBe(1);
        web.Statuses(0).ShouldBe(1);
        web.Errors(ProxyError.UpstreamReset).ShouldBe(1);
        web.Errors(ProxyError.None).ShouldBe(0);
    }

    [Fact]
    public void RequestRepaired_TwoWorkers_IsPublishedByKind()
    {
        var metrics = new ProxyMetrics(2);
        ListenerMetrics web = metrics.Listener("web");

        web.ForWorker(0).RequestRepaired(RequestRepairs.BareLf);
        web.ForWorker(1).RequestRepaired(RequestRepairs.BareLf);
        web.ForWorker(1).RequestRepaired(RequestRepairs.EqualHosts);

        web.Repairs(RequestRepairs.BareLf).ShouldBe(2);
        var writer = new RecordingWriter();
        metrics.WriteTo(writer);
        writer.Samples.Where(sample => sample.StartsWith("atlas_repaired", StringComparison.Ordinal)).ShouldBe(
        [
            "atlas_repaired_requests_total{listener=web,repair=bare_lf} 2",
            "atlas_repaired_requests_total{listener=web,repair=equal_hosts} 1",
        ]);
    }

    [Theory]
    [InlineData(RequestRepairs.LengthAndChunked, "length_and_chunked")]
    [InlineData(RequestRepairs.EqualLengths, "equal_lengths")]
    [InlineData(RequestRepairs.BareLf, "bare_lf")]
    [InlineData(RequestRepairs.EqualHosts, "equal_hosts")]
    public void RequestRepaired_EachKind_HasTheWordOfTheConfiguration(RequestRepairs kind, string word) =>
        RepairCells.Names[RepairCells.Of(kind)].ShouldBe(word);

    [Fact]
    public void AttemptEnded_FailureThenSuccess_CountsBoth()
    {
        ServerMetrics server = new ProxyMetrics(1).Server("api", "a");
        ServerCounters counters = server.ForWorker(0);

        counters.AttemptBegan(AttemptKind.First);
        counters.AttemptEnded(0, ProxyError.ConnectFailed, -1);
        counters.AttemptBegan(AttemptKind.Retry);
        counters.Connected();
        counters.AttemptEnded(204, ProxyError.None, 500);
        counters.IdleChanged(1);
        counters.AttemptBegan(AttemptKind.First);
        counters.AttemptBegan(AttemptKind.Failover);
        counters.AttemptBegan(AttemptKind.Failover);
        counters.AttemptBegan(AttemptKind.Repeat);

        server.Attempts.ShouldBe(6);
        server.Retries.ShouldBe(1);
        server.Failovers.ShouldBe(2);
        server.Repeats.ShouldBe(1);
        server.Active.ShouldBe(4);
        server.Connected.ShouldBe(1);
        server.Idle.ShouldBe(1);
        server.Errors(ProxyError.ConnectFailed).ShouldBe(1);
        server.Statuses(StatusClass.Of(204)).ShouldBe(1);
    }

    [Fact]
    public void RateLimited_AnySource_IsCountedByResult()
    {
        var metrics = new ProxyMetrics(2);
        foreach (int worker in (int[])[0, 1])
        {
            RouteCounters counters = metrics.Route("web", "api").ForWorker(worker);
            counters.RateLimited(RateLimitSource.Local, isAllowed: true);
            counters.RateLimited(RateLimitSource.Fallback, isAllowed: false);
            counters.RateLimitEvicted();
        }

        metrics.Route("web", "other").ForWorker(0).RateLimited(RateLimitSource.None, isAllowed: true);
        var writer = new RecordingWriter();
        metrics.WriteTo(writer);

        metrics.Route("web", "api").RateLimitEvictions.ShouldBe(2);
        writer.Samples.Where(sample => sample.StartsWith("atlas_rate_limit", StringComparison.Ordinal)).ShouldBe(
        [
            "atlas_rate_limited_requests_total{listener=web,route=api,result=allowed,by=local} 2",
            "atlas_rate_limited_requests_total{listener=web,route=api,result=refused,by=fallback} 2",
            "atlas_rate_limited_requests_total{listener=web,route=other,result=allowed,by=none} 1",
            "atlas_rate_limit_evictions_total{listener=web,route=api} 2",
        ]);
    }

    [Fact]
    public void Counters_SteadyState_AllocateNothing()
    {
        var metrics = new ProxyMetrics(1);
        ListenerCounters web = metrics.Listener("web").ForWorker(0);
        ServerCounters server = metrics.Server("api", "a").ForWorker(0);

        Allocations.Of(CountAll).ShouldBe(0);

        void CountAll()
        {
            for (int i = 0; i < 1000; i++)
            {
                web.ConnectionOpened();
                web.RequestEnded(200 + i, ProxyError.UpstreamTimeout, i * 1000L, i, i);
                web.ConnectionClosed();
                server.AttemptBegan(AttemptKind.Retry);
                server.Connected();
                server.IdleChanged(1);
                server.AttemptEnded(200, ProxyError.None, i);
            }
        }
    }

    [Fact]
    public void Server_SameNames_KeepsItsNumbers()
    {
        var metrics = new ProxyMetrics(1);
        metrics.Server("api", "a").ForWorker(0).AttemptBegan(AttemptKind.First);

        metrics.Server("api", "a").Attempts.ShouldBe(1);
        metrics.Server("web", "a").Attempts.ShouldBe(0);
    }

    [Fact]
    public void Server_PastTheBound_IsCountedWithTheOthers()
    {
        var metrics = new ProxyMetrics(1, maxSubjects: 3);
        metrics.Listener("web");
        metrics.Server("api", "a");
        metrics.Server("api", "b").Server.ShouldBe("b");
        metrics.Overflows.ShouldBe(0);

        ServerMetrics past = metrics.Server("api", "c");
        past.ShouldBeSameAs(metrics.Server("api", "d"));
        metrics.Listener("second").Name.ShouldBe(ProxyMetrics.OtherName);
        metrics.Overflows.ShouldBe(3);
        past.ForWorker(0).AttemptBegan(AttemptKind.First);

        var writer = new RecordingWriter();
        metrics.WriteTo(writer);
        writer.Samples.ShouldContain("atlas_upstream_attempts_total{pool=(other),server=(other)} 1");
        writer.Samples.ShouldContain("atlas_metrics_overflows_total{} 3");
    }

    [Fact]
    public void Prune_ServerThatIsNoLongerConfigured_MakesRoom()
    {
        var metrics = new ProxyMetrics(1, maxSubjects: 3);
        metrics.Listener("web");
        metrics.Server("api", "a");
        metrics.Route("web", "old");

        metrics.Prune(name => name == "web", (_, server) => server == "b", (_, route) => route == "new");

        metrics.Server("api", "b").Server.ShouldBe("b");
        metrics.Route("web", "new").Route.ShouldBe("new");
        metrics.Overflows.ShouldBe(0);
    }

    [Fact]
    public void PruneState_StoreAndSessionThatAreNoLongerConfigured_ForgetsThem()
    {
        var metrics = new ProxyMetrics(1);
        StoreMetrics kept = metrics.Store("kept");
        metrics.Store("gone");
        metrics.Session("cart");
        metrics.Session("gone").Memory = new MemorySessions(1 << 20);

        metrics.PruneState(name => name == "kept", name => name == "cart");

        var writer = new RecordingWriter();
        metrics.WriteTo(writer);
        writer.Samples.ShouldNotContain(sample => sample.Contains("=gone", StringComparison.Ordinal));
        writer.Samples.ShouldContain(sample => sample.Contains("session=cart", StringComparison.Ordinal));
        metrics.Store("kept").ShouldBeSameAs(kept);
    }

    [Fact]
    public void WriteTo_Route_WritesItsSamples()
    {
        var metrics = new ProxyMetrics(1);
        metrics.Route("web", "api").ForWorker(0).RequestEnded(404);
        metrics.Route("web", "api").ForWorker(0).Mirrored(MirrorResult.Dropped);
        var writer = new RecordingWriter();

        metrics.WriteTo(writer);

        writer.Samples.ShouldContain("atlas_route_requests_total{listener=web,route=api,code=4xx} 1");
        writer.Samples.ShouldContain("atlas_route_requests_total{listener=web,route=api,code=2xx} 0");
        writer.Samples.ShouldContain("atlas_mirrored_requests_total{listener=web,route=api,result=dropped} 1");
        metrics.Route("web", "api").Statuses(4).ShouldBe(1);
    }

    [Fact]
    public void WriteTo_ListenerAndServer_WritesTheirSamples()
    {
        var metrics = new ProxyMetrics(1);
        metrics.Listener("web").ForWorker(0).RequestEnded(404, ProxyError.BadRequest, 2_000_000, 3, 4);
        metrics.Server("api", "a").ForWorker(0).AttemptEnded(200, ProxyError.None, 1_500);
        var writer = new RecordingWriter();

        metrics.WriteTo(writer);

        writer.Samples.ShouldBe(
            [
                "atlas_requests_total{listener=web,code=none} 0",
                "atlas_requests_total{listener=web,code=1xx} 0",
                "atlas_requests_total{listener=web,code=2xx} 0",
                "atlas_requests_total{listener=web,code=3xx} 0",
                "atlas_requests_total{listener=web,code=4xx} 1",
                "atlas_requests_total{listener=web,code=5xx} 0",
                "atlas_request_errors_total{listener=web,flag=BR} 1",
                "atlas_request_duration_seconds{listener=web} 1 2",
                "atlas_http2_connections_total{listener=web} 0",
                "atlas_http2_connections_open{listener=web} 0",
                "atlas_http2_streams_total{listener=web} 0",
                "atlas_http2_streams_open{listener=web} 0",
                "atlas_received_bytes_total{listener=web} 3",
                "atlas_sent_bytes_total{listener=web} 4",
                "atlas_connections_total{listener=web} 0",
                "atlas_connections_open{listener=web} 0",
                "atlas_upstream_attempts_total{pool=api,server=a} 0",
                "atlas_upstream_retries_total{pool=api,server=a} 0",
                "atlas_upstream_failovers_total{pool=api,server=a} 0",
                "atlas_upstream_repeats_total{pool=api,server=a} 0",
                "atlas_upstream_responses_total{pool=api,server=a,code=none} 0",
                "atlas_upstream_responses_total{pool=api,server=a,code=1xx} 0",
                "atlas_upstream_responses_total{pool=api,server=a,code=2xx} 1",
                "atlas_upstream_responses_total{pool=api,server=a,code=3xx} 0",
                "atlas_upstream_responses_total{pool=api,server=a,code=4xx} 0",
                "atlas_upstream_responses_total{pool=api,server=a,code=5xx} 0",
                "atlas_upstream_first_byte_seconds{pool=api,server=a} 1 0.0015",
                "atlas_upstream_connections_total{pool=api,server=a} 0",
                "atlas_upstream_active{pool=api,server=a} 0",
                "atlas_upstream_connections_idle{pool=api,server=a} 0",
                "atlas_metrics_overflows_total{} 0",
            ]);
    }

    [Fact]
    public void Read_WhileAWorkerCounts_NeverGoesBackwards()
    {
        const int requests = 200_000;
        ListenerMetrics web = new ProxyMetrics(2).Listener("web");
        var worker = new Thread(() =>
        {
            for (int i = 0; i < requests; i++)
            {
                web.ForWorker(1).RequestEnded(200, ProxyError.None, 1, 1, 1);
            }
        });
        worker.Start();
        long last = 0;
        while (last < requests)
        {
            long now = web.Requests;
            now.ShouldBeInRange(last, requests);
            last = now;
        }

        worker.Join();
    }

    [Fact]
    public void IndexOf_AnyDuration_IsTheFirstBucketThatHoldsIt() =>
        Gen.Long[-10, 20_000_000].Sample(us =>
        {
            int index = DurationBuckets.IndexOf(us);

            IReadOnlyList<double> bounds = DurationBuckets.UpperBoundsSeconds;
            index.ShouldBe(bounds.TakeWhile(bound => us > Math.Round(bound * 1e6)).Count());
        });

    [Fact]
    public void IndexOf_EachBoundAndOnePast_AreNeighbours()
    {
        for (int i = 0; i < DurationBuckets.UpperBoundsSeconds.Count; i++)
        {
            long us = (long)Math.Round(DurationBuckets.UpperBoundsSeconds[i] * 1e6);
            DurationBuckets.IndexOf(us).ShouldBe(i);
            DurationBuckets.IndexOf(us + 1).ShouldBe(i + 1);
        }

        DurationBuckets.IndexOf(long.MaxValue).ShouldBe(DurationBuckets.Count - 1);
        DurationBuckets.IndexOf(long.MinValue).ShouldBe(0);
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(99, "none")]
    [InlineData(100, "1xx")]
    [InlineData(599, "5xx")]
    [InlineData(600, "none")]
    [InlineData(-200, "none")]
    public void StatusClass_Edges_HaveTheirName(int status, string name) =>
        StatusClass.Name(StatusClass.Of(status)).ShouldBe(name);
}
