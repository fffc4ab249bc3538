using Atlas.Engine.Flows;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Flows;

public sealed class FlowTests
{
    private readonly SimulatedLoop _loop = new SimulatedWorld(seed: 1).AddLoop();

    [Fact]
    public void ResultFlow_NoWait_IsCompletedAtOnce()
    {
        ResultFlow<int> flow = Quick(5);
        flow.IsCompleted.ShouldBeTrue();
        Result(flow).ShouldBe(5);
        Sum().IsCompleted.ShouldBeTrue();

        static async Flow Sum() => (await Quick(1) + await Quick(2)).ShouldBe(3);
    }

    [Fact]
    public void ResultFlow_Waits_CompletesWithItsResultLater()
    {
        var signal = new LoopSignal(_loop);
        ResultFlow<int> flow = Add(signal);
        flow.IsCompleted.ShouldBeFalse();
        signal.Set();
        Turn();
        flow.IsCompleted.ShouldBeTrue();
        Result(flow).ShouldBe(7);

        static async ResultFlow<int> Add(LoopSignal signal)
        {
            int four = 4;
            await signal;
            return four + await Quick(3);
        }
    }

    [Fact]
    public void Flow_ManyAtOnce_EachKeepsItsOwnLocals()
    {
        var signal = new LoopSignal(_loop);
        ResultFlow<int>[] flows = [.. Enumerable.Range(0, 1000).Select(i => Echo(signal, i))];
        signal.Set();
        Turn();
        for (int i = 0; i < flows.Length; i++)
        {
            Result(flows[i]).ShouldBe(i);
        }

        static async ResultFlow<int> Echo(LoopSignal signal, int number)
        {
            await signal;
            return number;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Flow_Throws_TheExceptionReachesWhoAwaits(bool afterAWait)
    {
        var signal = new LoopSignal(_loop);
        if (!afterAWait)
        {
            signal.Set();
        }

        Exception? caught = null;
        Outer().Detach();
        signal.Set();
        Turn();
        caught.ShouldBeOfType<FormatException>().Message.ShouldBe("inner");

        async Flow Outer()
        {
            try
            {
                await Inner();
            }
            catch (FormatException e)
            {
                caught = e;
            }
        }

        async ResultFlow<int> Inner()
        {
            await signal;
            throw new FormatException("inner");
        }
    }

    [Fact]
    public void Flow_BoxOfAThrownOne_IsUsedAgainWithoutItsException()
    {
        for (int i = 0; i < 3; i++)
        {
            var signal = new LoopSignal(_loop);
            bool fails = i == 0;
            ResultFlow<int> flow = Maybe(signal, fails);
            signal.Set();
            Turn();
            if (fails)
            {
                Should.Throw<FormatException>(() => Result(flow));
            }
            else
            {
                Result(flow).ShouldBe(1);
            }
        }

        static async ResultFlow<int> Maybe(LoopSignal signal, bool fails)
        {
            await signal;
            return fails ? throw new FormatException() : 1;
        }
    }

    [Fact]
    public void Flow_AMillionCompletedAwaits_DoNotGrowTheStack()
    {
        Result(Loop()).ShouldBe(1_000_000);

        static async ResultFlow<int> Loop()
        {
            int sum = 0;
            for (int i = 0; i < 1_000_000; i++)
            {
                sum += await Quick(1);
            }

            return sum;
        }
    }

    [Fact]
    public void Flow_ManyRealWaits_DoNotGrowTheStack()
    {
        int done = 0;
        Loop().Detach();
        _loop.World.Run(() => done == 200_000);

        async Flow Loop()
        {
            for (int i = 0; i < 200_000; i++)
            {
                await Once();
                done++;
            }
        }

        async Flow Once()
        {
            var signal = new LoopSignal(_loop);
            _loop.World.After(1, signal.Set);
            await signal;
        }
    }

    [Fact]
    public void Flow_AChainOfThousands_UnwindsWhenTheInnermostEnds()
    {
        var signal = new LoopSignal(_loop);
        ResultFlow<int> flow = Deep(signal, 5_000);
        signal.Set();
        Turn();
        Result(flow).ShouldBe(5_000);

        static async ResultFlow<int> Deep(LoopSignal signal, int depth)
        {
            if (depth == 0)
            {
                await signal;
                return 0;
            }

            return 1 + await Deep(signal, depth - 1);
        }
    }

    [Fact]
    public void Flow_SteadyState_AllocatesNothing()
    {
        var step = new Step();
        Allocations.Of(() => Run(1000)).ShouldBe(0);

        void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                Session(step).Detach();
                while (step.TryResume())
                {
                    // Until the session has ended.
                }
            }
        }

        static async Flow Session(Step step)
        {
            for (int i = 0; i < 3; i++)
            {
                int sum = await Inner(step, i) + await Quick(i);
                await Empty(step);
                if (sum != i * 2)
                {
                    throw new InvalidOperationException("A flow mixed up its locals.");
                }
            }
        }

        static async ResultFlow<int> Inner(Step step, int number)
        {
            await step;
            return number;
        }

        static async Flow Empty(Step step) => await step;
    }

    [Fact]
    public void Detach_TheFlowThrows_TheProcessEnds()
    {
        ChildResult child = Child.Run(nameof(ThrowDetached));
        child.ExitCode.ShouldBe(128 + 6, child.Output);
        child.Output.ShouldContain("A flow ended with an exception: nobody catches this");
    }

    [ChildProcess]
    internal static void ThrowDetached()
    {
        var loop = new SimulatedWorld(seed: 1).AddLoop();
        var signal = new LoopSignal(loop);
        Throw(signal).Detach();
        signal.Set();
        loop.World.RunFor(1);

        static async Flow Throw(LoopSignal signal)
        {
            await signal;
            throw new FormatException("nobody catches this");
        }
    }

    private static async ResultFlow<int> Quick(int number) => number;

    private static TResult Result<TResult>(ResultFlow<TResult> flow) => flow.GetAwaiter().GetResult();

    private void Turn() => _loop.World.RunFor(0);

    /// <summary>An awaitable that allocates nothing: one waiter, resumed by hand.</summary>
    private sealed class Step : System.Runtime.CompilerServices.ICriticalNotifyCompletion, IFlowAwaiter
    {
        private Continuation? _continuation;

        public bool IsCompleted => false;

        public Step GetAwaiter() => this;

        public void GetResult()
        {
            // Nothing to give.
        }

        public void OnCompleted(Continuation continuation) => _continuation = continuation;

        public void OnCompleted(Action continuation) => throw new NotSupportedException("Only flows wait here.");

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

        internal bool TryResume()
        {
            Continuation? continuation = _continuation;
            _continuation = null;
            continuation?.Run();
            return continuation is not null;
        }
    }
}
