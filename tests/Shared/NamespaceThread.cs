using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Atlas.Tests.Shared;

/// <summary>Threads for what concerns one thread only, such as the network namespace that it is in. A socket stays in the namespace in
/// which it was made, whichever thread uses it.</summary>
internal static class NamespaceThread
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Does something on a thread of its own, so that what the kernel changes of the thread ends with it.</summary>
    public static T Run<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException("on the thread", failure);
    }

    /// <summary>Does something on a thread that is in a network namespace and ends with it.</summary>
    /// <param name="name">The namespace, as <c>ip netns</c> names it.</param>
    /// <param name="action">What to do.</param>
    public static T RunIn<T>(string name, Func<T> action) => Run(() =>
    {
        using var file = File.OpenHandle("/run/netns/" + name);
        return SetNamespace((int)file.DangerousGetHandle(), CloneNewNet) == 0
            ? action()
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"namespace {name}");
    });

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);
}
