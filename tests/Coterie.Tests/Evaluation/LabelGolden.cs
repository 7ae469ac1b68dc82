namespace Coterie.Tests.Evaluation;

/// <summary>Where the golden numbers are: <c>tests/golden</c>, found by walking up from the test assembly.</summary>
static class Golden
{
    public static string Directory
    {
        get
        {
            for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            {
                var golden = Path.Combine(at.FullName, "tests", "golden");
                if (System.IO.Directory.Exists(golden)) return golden;
            }

            throw new DirectoryNotFoundException("No folder tests/golden above " + AppContext.BaseDirectory);
        }
    }
}
