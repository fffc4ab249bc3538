using Atlas.Engine.Tests;
using Xunit.MicrosoftTestingPlatform;

return Child.TryRun() ? 0 : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
