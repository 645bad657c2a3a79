using Shouldly;
using Weir.Features.Errors;
using Weir.Protocols.Api;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Errors;

public sealed class StackTracesTests
{
    // Expected: per exception "Class|message", then per frame "file:line:column method [code] +|-" (+ is in the project).
    public static TheoryData<string, string?, string, string> Traces => new()
    {
        {
            "python", "python 3.11.7",
            """
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/flask/app.py", line 2525, in wsgi_app
                response = self.full_dispatch_request()
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              File "/app/home.py", line 42, in run
                return activities[0]
                       ~~~~~~~~~~^^^
            IndexError: list index out of range
            """,
            """
            IndexError|list index out of range
            /app/home.py:42: run [return activities[0]] +
            /usr/lib/python3/dist-packages/flask/app.py:2525: wsgi_app [response = self.full_dispatch_request()] -
            """
        },
        {
            "python chain, recursion, message of two lines", null,
            """
            Traceback (most recent call last):
              File "a.py", line 2, in f
                f()
              File "a.py", line 2, in f
              [Previous line repeated 995 more times]
            KeyError: 'x'

            The above exception was the direct cause of the following exception:

            Traceback (most recent call last):
              File "b.py", line 5, in <module>
                g()
            app.errors.Wrapped: line one
            line two
            """,
            """
            app.errors.Wrapped|line one\nline two
            b.py:5: <module> [g()] +
            KeyError|'x'
            a.py:2: f +
            a.py:2: f [f()] +
            """
        },
        {
            "python without a message", "python",
            """
            Traceback (most recent call last):
              File "a.py", line 1, in <module>
            AssertionError
            """,
            """
            AssertionError|null
            a.py:1: <module> +
            """
        },
        {
            "java", "java",
            """
            Exception in thread "main" java.lang.IllegalStateException: no home
            of mine
            	at com.cruddur.Home.list(Home.java:42)
            	at com.cruddur.Home$$Lambda$14/0x0000000800066840.run(Unknown Source)
            	at java.base/java.lang.reflect.Method.invoke(Method.java:580)
            	at app//com.cruddur.Main.main(Main.kt:3)
            Caused by: java.sql.SQLException
            	at com.cruddur.Store.read(Store.java:7)
            	at jdk.internal.Foo.bar(Native Method)
            	... 12 more
            """,
            """
            java.lang.IllegalStateException|no home\nof mine
            Home.java:42: com.cruddur.Home.list +
            :: com.cruddur.Home$$Lambda$14/0x0000000800066840.run +
            Method.java:580: java.lang.reflect.Method.invoke -
            Main.kt:3: com.cruddur.Main.main +
            java.sql.SQLException|null
            Store.java:7: com.cruddur.Store.read +
            :: jdk.internal.Foo.bar -
            """
        },
        {
            "opentelemetry for php", "php",
            "RuntimeException: closed\n\tat Cruddur.Store.read(Store.php:10)\n\tat Cruddur.Home.list(Home.php:12)\n",
            """
            RuntimeException|closed
            Store.php:10: Cruddur.Store.read +
            Home.php:12: Cruddur.Home.list +
            """
        },
        {
            "dotnet", "dotnet",
            """
            System.InvalidOperationException: no home
             ---> System.Net.Sockets.SocketException (111): Connection refused
               at System.Net.Sockets.Socket.Connect(EndPoint remote) in /_/src/Socket.cs:line 1
               at Cruddur.Store.Read[T](String path, Int32 n) in C:\src\Store.cs:line 12
               --- End of inner exception stack trace ---
               at Cruddur.Home.<List>b__0_1() in /src/Home.cs:line 42
            --- End of stack trace from previous location ---
               at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)
            """,
            """
            System.InvalidOperationException|no home
            /src/Home.cs:42: Cruddur.Home.<List>b__0_1() +
            :: Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext) -
            System.Net.Sockets.SocketException|Connection refused
            /_/src/Socket.cs:1: System.Net.Sockets.Socket.Connect(EndPoint remote) -
            C:\src\Store.cs:12: Cruddur.Store.Read[T](String path, Int32 n) +
            """
        },
        {
            "dotnet framework, three deep on one line", "c#",
            """
            System.Exception: a ---> System.Exception: b ---> System.Exception: c
               at X.C()
               --- End of inner exception stack trace ---
               at X.B()
               --- End of inner exception stack trace ---
               at X.A()
            """,
            """
            System.Exception|a
            :: X.A() +
            System.Exception|b
            :: X.B() +
            System.Exception|c
            :: X.C() +
            """
        },
        {
            "node", "javascript",
            """
            TypeError: Cannot read properties of undefined (reading 'x')
                at Object.home [as run] (/app/home.js:10:5)
                at async Promise.all (index 0)
                at async /app/server.mjs:3:4
                at new Foo (file:///app/foo.mjs:7:8)
                at Array.map (<anonymous>)
                at eval (eval at outer (/app/e.js:1:2), <anonymous>:3:4)
                at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)
                at node:internal/process/task_queues:95:5 {
              code: 'E1',
              [cause]: Error: closed
                  at read (/app/store.js:1:1)
            }
            """,
            """
            TypeError|Cannot read properties of undefined (reading 'x')
            /app/home.js:10:5 Object.home [as run] +
            index 0:: async Promise.all -
            /app/server.mjs:3:4  +
            file:///app/foo.mjs:7:8 new Foo +
            :: Array.map -
            /app/e.js:1:2 eval +
            /app/node_modules/express/lib/router/layer.js:95:5 Layer.handle -
            node:internal/process/task_queues:95:5  -
            Error|closed
            /app/store.js:1:1 read +
            """
        },
        {
            "firefox", "javascript",
            "home@http://localhost:3000/static/home.js:10:5\n@http://localhost:3000/:1:2\nforEach@[native code]\nasync*run@http://localhost:3000/a.js:2:3\n",
            """
            |null
            http://localhost:3000/static/home.js:10:5 home +
            http://localhost:3000/:1:2  +
            [native code]:: forEach -
            http://localhost:3000/a.js:2:3 async*run +
            """
        },
        {
            "go panic", "go",
            "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.(*App).home(0xc000, {0x1, 0x2})\n\t/app/main.go:10 +0x1d\n"
                + "net/http.HandlerFunc.ServeHTTP(...)\n\t/usr/local/go/src/net/http/server.go:2136\ncreated by main.main in goroutine 5\n\t/app/main.go:3 +0x5\n\n"
                + "goroutine 2 [select]:\nmain.other()\n\t/app/o.go:1 +0x1\n",
            """
            panic|runtime error: index out of range [5] with length 3
            /app/main.go:10: main.(*App).home +
            /usr/local/go/src/net/http/server.go:2136: net/http.HandlerFunc.ServeHTTP -
            /app/main.go:3: main.main +
            """
        },
        {
            "ruby", "ruby",
            "app/home.rb:10:in `list': closed (IOError)\n\tfrom app/home.rb:3:in 'Home#each'\n\tfrom /usr/lib/ruby/gems/3.1.0/gems/rack-2.2/lib/rack.rb:9:in `call'\n"
                + "app/store.rb:1:in `read': low (Errno::ENOENT)\n",
            """
            IOError|closed
            app/home.rb:10: list +
            app/home.rb:3: Home#each +
            /usr/lib/ruby/gems/3.1.0/gems/rack-2.2/lib/rack.rb:9: call -
            Errno::ENOENT|low
            app/store.rb:1: read +
            """
        },
        {
            "php", "php",
            """
            PHP Fatal error:  Uncaught RuntimeException: closed in /app/Store.php:10
            Stack trace:
            #0 /app/Home.php(12): Cruddur\Store->read('x')
            #1 [internal function]: Cruddur\{closure}(Array)
            #2 /app/vendor/slim/App.php(7): array_map(Object(Closure), Array)
            #3 {main}

            Next LogicException: no home in /app/Home.php:14
            Stack trace:
            #0 /app/index.php(3): Cruddur\Home->list()
            #1 {main}
              thrown in /app/Home.php on line 14
            """,
            """
            LogicException|no home
            /app/Home.php:14: Cruddur\Home->list +
            /app/index.php:3: {main} +
            RuntimeException|closed
            /app/Store.php:10: Cruddur\Store->read +
            /app/Home.php:12: Cruddur\{closure} +
            [internal function]:: array_map -
            /app/vendor/slim/App.php:7: {main} -
            """
        },
        { "no trace", null, "ValueError: bad thing", "ValueError|bad thing\n" },
        { "no class", null, "something went wrong", "|something went wrong\n" },
        { "a sentence with a colon is not a class", null, "user bob failed: 3", "|user bob failed: 3\n" },
        { "nothing", null, "", "|null\n" },
    };

    [Theory]
    [MemberData(nameof(Traces))]
    public void Reads_the_stack_traces_of_runtimes(string name, string? language, string text, string expected)
    {
        name.ShouldNotBeEmpty();
        Describe(StackTraces.Parse(text, language)).ShouldBe(expected.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n') + "\n");
        // The lines tell the format: a missing or wrong language changes nothing.
        Describe(StackTraces.Parse(text, null)).ShouldBe(Describe(StackTraces.Parse(text, language)));
        Describe(StackTraces.Parse(text.Replace("\n", "\r\n", StringComparison.Ordinal), "cobol")).ShouldBe(Describe(StackTraces.Parse(text, language)));
    }

    [Fact]
    public void Endless_recursion_keeps_both_ends()
    {
        var text = "Error: deep\n" + string.Concat(Enumerable.Range(1, 5000).Select(i => $"    at f (/app/a.js:{i}:1)\n"));
        var frames = StackTraces.Parse(text)[0].Frames;
        frames.Count.ShouldBe(StackTraces.MaxFrames);
        frames[0].Line.ShouldBe(1);
        frames[^1].Line.ShouldBe(5000);
    }

    [Fact]
    [Trait("kind", "fuzz")]
    public void Any_mutation_is_read_in_bounded_time()
    {
        var random = Fuzz.Random(20261120);
        var texts = Traces.Select(row => row.Data.Item3).ToArray();
        var pieces = new[] { "\n", ":", "(", ")", " in ", "at ", " ---> ", "'", "|", "\ud83d", "\0", ":1", "File \"", "@", "`", "#0 ", "\u2028" };
        for (var i = 0; i < 20_000; i++)
        {
            var text = new System.Text.StringBuilder(texts[random.Next(texts.Length)]);
            for (var edits = random.Next(1, 6); edits > 0 && text.Length > 2; edits--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(4) switch
                {
                    0 => text.Remove(at, Math.Min(text.Length - at, random.Next(1, 40))),
                    1 => text.Insert(at, pieces[random.Next(pieces.Length)]),
                    2 => text.Insert(at, (char)random.Next(0x20, 0x7f)),
                    _ => text.Append(texts[random.Next(texts.Length)].AsSpan().TrimEnd('\n')),
                };
            }
            var found = StackTraces.Parse(text.ToString(), i % 2 == 0 ? null : "java");
            found.Count.ShouldBeInRange(1, StackTraces.MaxExceptions);
            Fingerprints.Of(found).Length.ShouldBe(40);
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a:1")]
    [InlineData("at f (")]
    [InlineData("at a.b(c\n")]
    [InlineData("  | ")]
    [InlineData("'")]
    [InlineData(" ---> ")]
    [InlineData("#0 a(1): b(")]
    [InlineData("\t/a.go:1\n")]
    [InlineData("Caused by: a\n")]
    public void Repeats_of_a_piece_cost_linear_time(string piece)
    {
        var text = "  File \"a\", line 1\n" + string.Concat(Enumerable.Repeat(piece, 4 * 1024 * 1024 / piece.Length));
        IReadOnlyList<StackException> found = [];
        var cost = ThreadCpu.Of(() =>
        {
            found = StackTraces.Parse(text);
            Fingerprints.Of(found).Length.ShouldBe(40);
        });
        cost.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        found.Count.ShouldBeLessThanOrEqualTo(StackTraces.MaxExceptions);
    }

    private static string Describe(IReadOnlyList<StackException> exceptions)
    {
        var text = new System.Text.StringBuilder();
        foreach (var exception in exceptions)
        {
            text.Append(exception.Class).Append('|').Append(exception.Message?.Replace("\n", "\\n", StringComparison.Ordinal) ?? "null").Append('\n');
            foreach (var frame in exception.Frames)
            {
                text.Append($"{frame.File}:{frame.Line}:{frame.Column} {frame.Method}");
                if (frame.Code is not null)
                    text.Append($" [{frame.Code}]");
                text.Append(frame.InProject ? " +\n" : " -\n");
            }
        }
        return text.ToString();
    }
}
